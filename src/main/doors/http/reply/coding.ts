/** Content codings: which one a client takes (RFC 9110 §12.5.3), and which files lie ready-made beside the plain one. */

/** Codings of files that the build compresses, best first, with what they add to the file's name. */
export const READY_CODINGS = [
  { coding: 'br', suffix: '.br' },
  { coding: 'gzip', suffix: '.gz' },
] as const;

/** Whether `Accept-Encoding` takes a coding: by its name, else by `*`; `q=0` refuses it. A missing header takes none. */
export function acceptsCoding(header: string | string[] | undefined, coding: string): boolean {
  let any = false;
  for (const part of String(header ?? '').split(',')) {
    const [name = '', ...parameters] = part.split(';').map((text) => text.trim().toLowerCase());
    const accepted = !parameters.some((parameter) => /^q=0(?:\.0*)?$/.test(parameter));
    if (name === coding) return accepted;
    if (name === '*') any = accepted;
  }
  return any;
}
