/** Length of the beginning of a text that is written on, up to the last empty line outside of a code block: it does not change any more. */
export function stablePart(text: string): number {
  let end = 0;
  let fence: string | null = null;
  let at = 0;
  for (const line of text.split('\n')) {
    const mark = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1];
    if (fence === null && mark !== undefined) fence = mark;
    else if (fence !== null && mark?.startsWith(fence)) fence = null;
    at += line.length + 1;
    if (fence === null && line.trim() === '' && at <= text.length) end = at;
  }
  return end;
}
