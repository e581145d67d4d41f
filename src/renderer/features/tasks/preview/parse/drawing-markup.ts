/** The marks of a drawing, read once from beginning to end: no part of the text is scanned again for each mark. */

/** The beginning or the end of an element. */
export interface Mark {
  isEnd: boolean;
  /** Without content: `<rect/>`. */
  isEmpty: boolean;
  attributes: string;
}

/** Passed over as a whole. */
const SECTIONS = [
  ['<!--', '-->'],
  ['<![CDATA[', ']]>'],
  ['<?', '?>'],
] as const;
const CLOSING = /[<>"']/g;

/** Where the tag around `from` ends, outside of quotes; -1 when it is never closed, or another one begins in it. */
function endOfTag(svg: string, from: number): number {
  let at = from;
  for (;;) {
    CLOSING.lastIndex = at;
    const found = CLOSING.exec(svg);
    if (found === null || found[0] === '<') return -1;
    if (found[0] === '>') return found.index;
    const quoteEnd = svg.indexOf(found[0], found.index + 1);
    if (quoteEnd < 0) return -1;
    at = quoteEnd + 1;
  }
}

/**
 * The marks in their order, without comments, sections and declarations; null when one is never closed: readers differ in where
 * they go on.
 */
export function marksOf(svg: string): Mark[] | null {
  const marks: Mark[] = [];
  for (let at = svg.indexOf('<'); at >= 0; ) {
    const section = SECTIONS.find(([begin]) => svg.startsWith(begin, at));
    const end = section === undefined ? endOfTag(svg, at + 1) : svg.indexOf(section[1], at + section[0].length);
    if (end < 0) return null;
    if (section === undefined && svg[at + 1] !== '!') {
      const isEmpty = svg[end - 1] === '/';
      marks.push({ isEnd: svg[at + 1] === '/', isEmpty, attributes: svg.slice(at + 1, isEmpty ? end - 1 : end) });
    }
    at = svg.indexOf('<', end);
  }
  return marks;
}

/** The style sheets in a drawing, the last one also when it is never closed. */
export function sheetsOf(svg: string): string[] {
  const edge = /<(\/?)(?:[\w.-]+:)?style/gi;
  const sheets: string[] = [];
  let begin = -1;
  for (const { index, 1: isEnd } of svg.matchAll(edge)) {
    if (isEnd === '' && begin < 0) begin = index;
    else if (isEnd !== '' && begin >= 0) {
      sheets.push(svg.slice(begin, index));
      begin = -1;
    }
  }
  return begin < 0 ? sheets : [...sheets, svg.slice(begin)];
}

/** References of attributes and of styles to a part of the same drawing. */
export const refsOf = (text: string): string[] =>
  [...text.matchAll(/(?:href\s*=\s*["']\s*|url\(\s*["']?)#([^"')\s]+)/gi)].map(([, ref = '']) => ref);

/** One attribute of a mark: its name, and its value in either kind of quotes. */
const ATTRIBUTE = /(?<![^\s=/"'<>])([^\s=/"'<>]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;

/** The attributes of a mark, in their order. */
export const pairsOf = (attributes: string): [name: string, value: string][] =>
  [...attributes.matchAll(ATTRIBUTE)].map(([, name = '', double, single]) => [name, double ?? single ?? '']);

/** Attributes whose value is neither an id nor a style: those of other namespaces, coordinates, texts. */
const PLAIN = /^(?:d|points|class|aria-.*|data-.*|[^:]+:.*)$/;
/** `href` in all namespaces: what it refers to is looked at by {@link hidesReferences}. */
const REFERENCE = /(?:^|:)href$/;
const isAnimation = (attributes: string) => /^(?:[\w.-]+:)?(?:set|animate)/i.test(attributes);

/**
 * Whether a mark has an id, a style or a reference that is written in a way which {@link refsOf} does not see: with character references of
 * XML, with escapes of CSS, or as a value that an attribute gets later.
 */
export function isDisguised({ attributes }: Mark): boolean {
  if (isAnimation(attributes) && (refsOf(attributes).length > 0 || /href/i.test(attributes))) return true;
  if (!/[&\\]/.test(attributes)) return false;
  return pairsOf(attributes).some(([name, value]) => {
    if (name === 'id') return value.includes('&');
    return !PLAIN.test(name) && !REFERENCE.test(name) && /&#|\\/.test(value);
  });
}

/** Before a reference. */
const BEGIN = /href\s*=\s*["']\s*|url\(\s*["']?/gi;
/** What is drawn as it is: pixels. What is fetched from elsewhere is kept out by the policy of the page. */
const ELSEWHERE = /https?:\/\/|mailto:|data:image\/(?:png|jpe?g|gif|webp|avif|bmp)[;,]/iy;

/** Whether a reference is written in a way that {@link refsOf} does not see, or one can be used elsewhere. */
export function hidesReferences(svg: string): boolean {
  if (/<!ENTITY|<!ATTLIST|@import|var\(|element\(/i.test(svg)) return true;
  if (sheetsOf(svg).some((sheet) => /&#|\\/.test(sheet))) return true;
  /** Up to here no value has an escape: values that begin inside of another one are not scanned again. */
  let plain = 0;
  for (const { index, 0: begin } of svg.matchAll(BEGIN)) {
    const start = index + begin.length;
    ELSEWHERE.lastIndex = start;
    if (ELSEWHERE.test(svg)) continue;
    // A drawing in a drawing, or a sheet of styles.
    if (/^data:/i.test(svg.slice(start, start + 5))) return true;
    let at = Math.max(start, plain);
    while (at < svg.length && !`"')`.includes(svg.charAt(at))) {
      // A path before the fragment can be that of the drawing itself.
      if ('&\\%'.includes(svg.charAt(at)) || (svg[at] === '#' && at > start && svg[start] !== '#')) return true;
      at++;
    }
    plain = at;
  }
  return false;
}
