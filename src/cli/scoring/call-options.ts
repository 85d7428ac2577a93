import { Option } from 'commander';
import { parsePrice } from './judges.js';

/** How judges are called from here. */
export function callOptions(): Option[] {
  return [
    new Option('--model <provider:model>', "ask this model instead of the judge's own"),
    new Option('--base-url <url>', 'address of the model, if it is not the usual one'),
    new Option(
      '--price <prices>',
      'US dollars per million tokens: input=0.15,output=0.6',
    ).argParser(parsePrice),
  ];
}
