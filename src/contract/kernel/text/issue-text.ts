/** What a schema found wrong with one value, as a sentence for people; a text that a contract has of its own stays. */
import type { z } from 'zod';

type Issue = z.core.$ZodIssue;

/** zod's own texts begin like this. */
const DEFAULT_TEXT = /^(?:Invalid (?!input format)|Invalid input$|Too (?:big|small)|Unrecognized|Expected )/;

/** True for a text that a contract wrote. */
export const isOwnText = (message: string): boolean => message !== '' && !DEFAULT_TEXT.test(message);

const TYPES: Readonly<Record<string, string>> = {
  int: 'a whole number',
  array: 'a list',
  object: 'an object',
  record: 'an object',
  boolean: 'true or false',
  string: 'a text',
};

function sizeText(issue: Extract<Issue, { code: 'too_small' | 'too_big' }>): string {
  const isMinimum = issue.code === 'too_small';
  const bound = Number(isMinimum ? issue.minimum : issue.maximum);
  const word = issue.exact ? 'exactly' : isMinimum ? 'at least' : 'at most';
  switch (issue.origin) {
    case 'string':
      if (isMinimum && bound <= 1) return 'Cannot be empty';
      return `Must be ${word} ${bound} ${bound === 1 ? 'character' : 'characters'} long`;
    case 'array':
    case 'set':
    case 'map':
      if (isMinimum && bound <= 1) return 'Cannot be empty';
      return `Must have ${word} ${bound} ${bound === 1 ? 'item' : 'items'}`;
    default:
      if (issue.inclusive === false) return `Must be ${isMinimum ? 'greater' : 'less'} than ${bound}`;
      return `Must be ${word} ${bound}`;
  }
}

/** Such as `Must be at least 1`; the place of what is wrong is not named. */
export function issueText(issue: Issue): string {
  if (isOwnText(issue.message)) return issue.message;
  switch (issue.code) {
    case 'too_small':
    case 'too_big':
      return sizeText(issue);
    case 'invalid_type':
      return issue.message.endsWith('received undefined')
        ? 'Is required'
        : `Must be ${TYPES[issue.expected] ?? `a ${issue.expected}`}`;
    case 'invalid_value':
      return issue.values.length === 1
        ? `Must be ${String(issue.values[0])}`
        : `Must be one of ${issue.values.map(String).join(', ')}`;
    case 'not_multiple_of':
      return `Must be a multiple of ${issue.divisor}`;
    case 'unrecognized_keys':
      return `Has unknown fields: ${issue.keys.slice(0, 5).join(', ')}`;
    case 'invalid_format':
      return issue.format === 'url' ? 'Must be an address such as https://example.com' : 'Has the wrong format';
    default:
      return 'Has a wrong value';
  }
}
