import { quoteForShell } from '../../quote-for-shell.js';
import type { DestinationOptions } from '../access/destination.js';

/** A command in a sentence: words, quoted or not, up to the punctuation that ends it. */
const NAMED = /(?<![\w/.-])ls-record((?: (?:'[^']*'|"[^"]*"|\\.|[.:](?=\S)|[^\s'"();,.:\\])+)+)/g;

const GOES_SOMEWHERE =
  /^ (?!.*--help)(?:bless|compare|datasets|evaluators|examples|experiments|gate|queues|record|report|score) /;

/** Makes the commands that a text names fit to paste: typed as this one was, and going where it goes. */
export function asTyped(text: string, program: string, place: DestinationOptions): string {
  return text.replaceAll(NAMED, (_, words: string) => {
    const flags = GOES_SOMEWHERE.test(words) ? placeFlags(place) : '';
    return `${program}${words}${flags}`;
  });
}

function placeFlags({
  local,
  endpoint,
  workspace,
  profile,
  caCert,
  dotenv = [],
}: DestinationOptions) {
  const named = { endpoint, workspace, profile, 'ca-cert': caCert };
  const words = [
    ...(local ? ['--local'] : []),
    ...Object.entries(named).flatMap(([name, value]) =>
      value === undefined ? [] : [`--${name}`, value],
    ),
    ...dotenv.flatMap((file) => ['--dotenv', file]),
  ];
  return words.map((word) => ` ${quoteForShell(word)}`).join('');
}
