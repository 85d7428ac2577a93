/** A kind of text that should not leave the machine. */
export interface Form {
  /** As `--redact-except` takes it, and as it stands in what replaces it: `[redacted:email]`. */
  readonly name: string;
  /** For counts: `e-mail address`. */
  readonly title: string;
  /** Who says that it looks like this. */
  readonly source: string;
  /** One of these is in each text that matches: looking for them first is faster. */
  readonly hints: readonly string[];
  readonly pattern: RegExp;
  /** A text that is replaced: `<20 hex>` stands for that many random characters of its kind. */
  readonly like: string;
  /** A text that only looks like it at first sight, and stays. */
  readonly unlike: string;
}

/** Starts where no word goes on. */
const START = '(?<![A-Za-z0-9_-])';

function token(body: string): RegExp {
  return new RegExp(START + body, 'gu');
}

/**
 * What is known by its look alone. A provider's prefix and a length below its shortest key are enough: a key that
 * stays costs more than a text that goes. The first that matches wins.
 */
export const FORMS: readonly Form[] = [
  {
    name: 'private-key',
    title: 'private key',
    hints: ['PRIVATE KEY'],
    source: 'https://www.rfc-editor.org/rfc/rfc7468#section-10',
    pattern:
      /-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----[\s\S]*?(?:-----END (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----|$)/gu,
    like: '-----BEGIN RSA PRIVATE KEY-----\n<64 word>\n-----END RSA PRIVATE KEY-----',
    unlike: '-----BEGIN PUBLIC KEY-----\n<64 word>\n-----END PUBLIC KEY-----',
  },
  {
    name: 'langsmith-key',
    title: 'LangSmith key',
    hints: ['lsv2_', 'ls__', 'lsr_home_'],
    source: 'https://docs.langchain.com/langsmith/create-account-api-key',
    pattern: token(
      '(?:lsv2_(?:pt|sk)_[0-9a-f]{32}(?:_[0-9a-f]{8,12})?|ls__[0-9a-f]{32}|lsr_home_[\\w-]{20,})',
    ),
    like: 'lsv2_pt_<32 hex>_<10 hex>',
    unlike: 'lsv2_pt_<8 hex>',
  },
  {
    name: 'anthropic-key',
    title: 'Anthropic key',
    hints: ['sk-ant-'],
    source: 'https://docs.claude.com/en/api/admin-api/apikeys/get-api-key',
    pattern: token('sk-ant-[a-z]{2,8}[0-9]{2}-[\\w-]{20,}'),
    like: 'sk-ant-api03-<95 word>',
    unlike: 'sk-ant-colony-<5 word>',
  },
  {
    name: 'openai-key',
    title: 'OpenAI key',
    hints: ['sk-'],
    source: 'https://platform.openai.com/docs/api-reference/authentication',
    pattern: token('sk-(?:(?:proj|svcacct|admin|None|or-v1|lf)-[\\w-]{20,}|[A-Za-z0-9]{32,})'),
    like: 'sk-proj-<74 word>',
    unlike: 'sk-learn-classifier-with-defaults',
  },
  {
    name: 'google-key',
    title: 'Google API key',
    hints: ['AIza'],
    source: 'https://cloud.google.com/docs/authentication/api-keys',
    pattern: token('AIza[\\w-]{35}(?![\\w-])'),
    like: 'AIza<35 word>',
    unlike: 'AIza<12 word>',
  },
  {
    name: 'aws-key',
    title: 'AWS key',
    hints: [
      'AKIA',
      'ASIA',
      'ABIA',
      'ACCA',
      'ecret_access_key',
      'ession_token',
      'ecretAccessKey',
      'essionToken',
      'SECRET_ACCESS_KEY',
      'SESSION_TOKEN',
    ],
    source: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html',
    pattern: token(
      '(?:(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}(?![A-Za-z0-9])|' +
        '(?<=(?:[Ss]ecret_?[Aa]ccess_?[Kk]ey|[Ss]ession_?[Tt]oken|SECRET_ACCESS_KEY|SESSION_TOKEN)["\'\\s]{0,3}[=:]["\'\\s]{0,3})[A-Za-z0-9/+=]{40,})',
    ),
    like: 'AKIA<16 base32>',
    unlike: 'AKIA<4 base32>',
  },
  {
    name: 'github-token',
    title: 'GitHub token',
    hints: ['gho_', 'ghp_', 'ghr_', 'ghs_', 'ghu_', 'github_pat_'],
    source:
      'https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/about-authentication-to-github',
    pattern: token('(?:gh[oprsu]_[A-Za-z0-9]{36,}|github_pat_\\w{22,})'),
    like: 'ghp_<36 alphanumeric>',
    unlike: 'ghp_<12 alphanumeric>',
  },
  {
    name: 'gitlab-token',
    title: 'GitLab token',
    hints: ['gl'],
    source: 'https://docs.gitlab.com/security/tokens/#token-prefixes',
    pattern: token('gl(?:pat|dt|rt|rtr|cbt|ptt|ft|imt|agent|soat|ffct|oas)-[\\w.-]{20,}'),
    like: 'glpat-<20 alphanumeric>',
    unlike: 'glpat-<6 alphanumeric>',
  },
  {
    name: 'slack-token',
    title: 'Slack token or webhook',
    hints: ['xox', 'xapp-', 'hooks.slack.com'],
    source: 'https://docs.slack.dev/authentication/tokens',
    pattern: token(
      '(?:xox[abeoprs](?:\\.xox[a-z])?-[\\w-]{10,}|xapp-\\d-[\\w-]{10,}|https://hooks\\.slack\\.com/(?:services|workflows|triggers)/[\\w/]{20,})',
    ),
    like: 'xoxb-<12 digit>-<12 digit>-<24 alphanumeric>',
    unlike: 'xoxb-<4 digit>',
  },
  {
    name: 'stripe-key',
    title: 'Stripe key',
    hints: ['sk_', 'rk_', 'whsec_'],
    source: 'https://docs.stripe.com/keys',
    pattern: token('(?:(?:sk|rk)_(?:live|test)_[A-Za-z0-9]{16,}|whsec_[A-Za-z0-9+/=]{24,})'),
    like: 'sk_live_<24 alphanumeric>',
    unlike: 'pk_live_<24 alphanumeric>',
  },
  {
    name: 'huggingface-token',
    title: 'Hugging Face token',
    hints: ['hf_', 'api_org_'],
    source: 'https://huggingface.co/docs/hub/security-tokens',
    pattern: token('(?:hf|api_org)_[A-Za-z0-9]{34}(?![A-Za-z0-9])'),
    like: 'hf_<34 letter>',
    unlike: 'hf_hub_download_with_resume_and_retries',
  },
  {
    name: 'jwt',
    title: 'JSON Web Token',
    hints: ['eyJ'],
    source: 'https://www.rfc-editor.org/rfc/rfc7519#section-3',
    pattern: token('eyJ[\\w-]{10,}\\.eyJ[\\w-]{8,}\\.[\\w-]{16,}'),
    like: 'eyJ<33 word>.eyJ<60 word>.<43 word>',
    unlike: 'eyJ<33 word>.eyJ<4 word>',
  },
  {
    name: 'url-password',
    title: 'password in a URL',
    hints: ['://'],
    source: 'https://www.rfc-editor.org/rfc/rfc3986#section-3.2.1',
    pattern:
      /(?<=\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s/:@?#"'<>]{0,100}:)(?!\[redacted:)[^\s/:@?#"'<>]{1,200}(?=@)/giu,
    like: 'postgres://app:<16 alphanumeric>@db.internal/app',
    unlike: 'https://example.com:8080/users/@<6 letter>',
  },
  {
    name: 'email',
    title: 'e-mail address',
    hints: ['@'],
    source: 'https://www.rfc-editor.org/rfc/rfc5321#section-4.1.2',
    pattern:
      /(?<![\p{L}\p{N}.!#$%&'*+/=?^_`{|}~-])[\p{L}\p{N}!#$%&'*+/=?^_`{|}~-]{1,64}(?:\.[\p{L}\p{N}!#$%&'*+/=?^_`{|}~-]{1,64}){0,8}@(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?\.){1,8}\p{L}{2,24}(?![\p{L}\p{N}])/gu,
    like: 'ada.<6 letter>@mail.example.com',
    unlike: '@<6 letter>/package@1.2.3',
  },
];

/** Rarely in prose, and one of them is in every text of a form. */
const SIGNS = [
  '@',
  '_',
  '-',
  'J',
  ':/',
  'AIza',
  'AKIA',
  'ASIA',
  'ABIA',
  'ACCA',
  'AccessKey',
  'ssionToken',
];

/** The forms that may be in a text: mostly none. */
export function formsIn(text: string, forms: readonly Form[]): readonly Form[] {
  if (!SIGNS.some((sign) => text.includes(sign))) return [];
  return forms.filter(({ hints }) => hints.some((hint) => text.includes(hint)));
}
