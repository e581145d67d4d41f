/** Small helpers on values. */

/** A filter that may be one value or several (`oneOrMany` of the contract) as a list; undefined stays undefined. */
export function many<T extends string>(value: T | T[] | undefined): T[] | undefined {
  if (value === undefined) return undefined;
  return Array.isArray(value) ? value : [value];
}
