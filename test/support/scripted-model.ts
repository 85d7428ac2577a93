import { type Answer, startScriptedServer } from './scripted-server.js';

/** What a request of a judge holds. */
export interface Asked {
  readonly model: string;
  readonly messages: { role: string; content: string }[];
  readonly temperature?: number;
  readonly max_tokens?: number;
  readonly max_completion_tokens?: number;
  readonly response_format?: { type: string; json_schema?: { schema: object; strict: boolean } };
}

/** A chat completion that says this. */
export function says(
  content: object | string,
  more: { finish?: string; refusal?: string } = {},
): Answer {
  const text = typeof content === 'string' ? content : JSON.stringify(content);
  return {
    json: {
      choices: [
        {
          message: { role: 'assistant', content: text, refusal: more.refusal ?? null },
          finish_reason: more.finish ?? 'stop',
        },
      ],
      usage: { prompt_tokens: 100, completion_tokens: 10 },
    },
  };
}

/** A refusal of the request, as OpenAI writes it. */
export function refuses(status: number, message: string, headers?: Record<string, string>): Answer {
  return { status, json: { error: { message, type: 'invalid_request_error' } }, headers };
}

/** A model on loopback that answers as a test tells it to. */
export async function startScriptedModel(reply: (asked: Asked, count: number) => Answer) {
  const server = await startScriptedServer(({ body }, count) => reply(JSON.parse(body), count));
  return {
    ...server,
    baseUrl: `${server.url}/v1`,
    asked: () => server.requests.map(({ body }): Asked => JSON.parse(body)),
  };
}
