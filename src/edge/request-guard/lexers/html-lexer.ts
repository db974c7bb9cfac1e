export interface HtmlAttribute {
  readonly name: string;
  readonly value: string;
}

export interface HtmlTag {
  readonly name: string;
  readonly closing: boolean;
  readonly attributes: readonly HtmlAttribute[];
}

const tableOf = (pattern: RegExp): Uint8Array =>
  Uint8Array.from({ length: 128 }, (_, code) => Number(pattern.test(String.fromCharCode(code))));
const separators = tableOf(/[\s/\u0000-\u0020"'`=]/); // eslint-disable-line no-control-regex
const nameEnds = tableOf(/[\s/>=<\u0000-\u0020]/); // eslint-disable-line no-control-regex
const isSpace = /\s/;
const isSeparator = (text: string, index: number): boolean => {
  const code = text.charCodeAt(index);
  return code < 128 ? separators[code] === 1 : isSpace.test(text[index] as string);
};
const endsName = (text: string, index: number): boolean => {
  const code = text.charCodeAt(index);
  return code < 128 ? nameEnds[code] === 1 : isSpace.test(text[index] as string);
};
const tagStart = /[a-z!?%]/;
const maximumTags = 5000;
const maximumTagLength = 4096;
const maximumValueLength = 512;

/**
 * The tags that a browser would find in the text, at most 5,000. Lenient where browsers are: `/`
 * separates attributes, values need no quotes, a tag may lack its `>`. Expects lower case.
 */
export function htmlTags(text: string): readonly HtmlTag[] {
  const tags: HtmlTag[] = [];
  let index = text.indexOf('<');
  while (index >= 0 && index < text.length && tags.length < maximumTags) {
    const { tag, end } = readTag(text, index);
    if (tag) tags.push(tag);
    index = text.indexOf('<', Math.max(end, index + 1));
  }
  return tags;
}

function readTag(text: string, start: number): { tag: HtmlTag | null; end: number } {
  let index = start + 1;
  while (index < start + 8 && (text[index] === ' ' || text[index] === '\t')) index += 1;
  const closing = text[index] === '/';
  if (closing) index += 1;
  if (!tagStart.test(text[index] ?? '')) return { tag: null, end: start + 1 };
  const nameEnd = scanName(text, index, index + 40);
  const name = text.slice(index, nameEnd);
  if (/[(),;]/.test(name)) return { tag: null, end: start + 1 };
  const limit = Math.min(text.length, start + maximumTagLength);
  const attributes: HtmlAttribute[] = [];
  index = nameEnd;
  while (index < limit && text[index] !== '>' && text[index] !== '<') {
    if (isSeparator(text, index)) {
      index += 1;
      continue;
    }
    const attributeStart = index;
    index = scanName(text, index, limit);
    if (index === attributeStart) break;
    const attributeName = text.slice(attributeStart, index);
    const { value, end } = readValue(text, index, limit);
    attributes.push({ name: attributeName, value });
    index = end;
  }
  return { tag: { name, closing, attributes }, end: index };
}

function scanName(text: string, start: number, limit: number): number {
  let index = start;
  while (index < limit && index < text.length && !endsName(text, index)) index += 1;
  return index;
}

function readValue(text: string, start: number, limit: number): { value: string; end: number } {
  let index = start;
  while (index < limit && /\s/.test(text[index] as string)) index += 1;
  if (text[index] !== '=') return { value: '', end: start };
  index += 1;
  while (index < limit && /\s/.test(text[index] as string)) index += 1;
  const quote = text[index];
  if (quote === '"' || quote === "'" || quote === '`') {
    const close = text.slice(index + 1, limit).indexOf(quote);
    const end = close < 0 ? limit : index + 1 + close;
    return {
      value: text.slice(index + 1, Math.min(end, index + maximumValueLength)),
      end: end + 1,
    };
  }
  const valueStart = index;
  while (index < limit && !/[\s>]/.test(text[index] as string)) index += 1;
  return {
    value: text.slice(valueStart, Math.min(index, valueStart + maximumValueLength)),
    end: index,
  };
}
