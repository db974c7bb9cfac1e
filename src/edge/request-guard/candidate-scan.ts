import type { Rule } from './rule.js';
import { beyondAsciiSigns, signOfCode } from './signs.js';

/** What one pass over a text found: its signs, and the rules that can match at all. */
export interface Scan {
  readonly signs: number;
  readonly candidates: readonly Rule[];
}

/**
 * Builds the guard's first pass: an Aho-Corasick automaton over the hints of all rules, so that one
 * table look-up per character tells which of some hundreds of words occur. Hints of a single
 * character are bits, like the signs: they are too frequent for anything dearer.
 */
export function createCandidateScan(rules: readonly Rule[]): (text: string) => Scan {
  const { width, classOf, next, hits, firstHit } = buildAutomaton(rules);
  const { bitOf, bitsOfRule } = singleCharacters(rules);
  const needsOf = Int32Array.from(rules, (rule) => rule.needs);
  // the rules that words alone suggest are most, and in most texts none is suggested
  const bySign = Int32Array.from(bitsOfRule.keys()).filter((index) => bitsOfRule[index] !== 0);
  return (text) => {
    let signs = 0;
    let singles = 0;
    let state = 0;
    let suggested: Set<number> | undefined;
    for (let index = 0; index < text.length; index += 1) {
      const code = text.charCodeAt(index);
      let letter = 0;
      if (code < 128) {
        signs |= signOfCode[code] as number;
        singles |= bitOf[code] as number;
        letter = classOf[code] as number;
      } else signs |= beyondAsciiSigns(code);
      state = next[state * width + letter] as number;
      if (state >= firstHit) {
        suggested ??= new Set();
        for (const rule of hits[state] as readonly number[]) suggested.add(rule);
      }
    }
    let candidates: Rule[] | undefined;
    for (let position = 0; position < bySign.length; position += 1) {
      const index = bySign[position] as number;
      const needs = needsOf[index] as number;
      const bits = bitsOfRule[index] as number;
      if ((needs & signs) !== needs) continue;
      if (bits !== unhinted && (bits & singles) === 0) continue;
      suggested?.delete(index);
      (candidates ??= []).push(rules[index] as Rule);
    }
    if (suggested) {
      for (const index of suggested) {
        const needs = needsOf[index] as number;
        if ((needs & signs) === needs) (candidates ??= []).push(rules[index] as Rule);
      }
    }
    return { signs, candidates: candidates ?? none };
  };
}

const none: readonly Rule[] = [];

/** The bits of a rule that has no hints at all; no 31 single characters add up to it. */
const unhinted = -1;

function singleCharacters(rules: readonly Rule[]): { bitOf: Int32Array; bitsOfRule: Int32Array } {
  const bitOf = new Int32Array(128);
  const bitsOfRule = Int32Array.from(rules, (rule) => (rule.hints ? 0 : unhinted));
  let used = 0;
  rules.forEach((rule, index) => {
    for (const hint of rule.hints ?? []) {
      if (hint.length > 1) continue;
      const code = hint.charCodeAt(0);
      if (bitOf[code] === 0) bitOf[code] = 1 << used++;
      bitsOfRule[index] = (bitsOfRule[index] as number) | (bitOf[code] as number);
    }
  });
  if (used > 31) throw new Error('More than 31 different single-character hints.');
  return { bitOf, bitsOfRule };
}

interface Automaton {
  readonly width: number;
  readonly classOf: Uint8Array;
  readonly next: Uint16Array;
  readonly hits: readonly (readonly number[] | undefined)[];
  /** States from here on complete a hint; those before do not. */
  readonly firstHit: number;
}

const wordsOf = (rule: Rule): readonly string[] =>
  (rule.hints ?? []).filter((hint) => hint.length > 1);

function buildAutomaton(rules: readonly Rule[]): Automaton {
  const classOf = new Uint8Array(128);
  let width = 1;
  for (const hint of rules.flatMap(wordsOf)) {
    for (const character of hint) {
      const code = character.charCodeAt(0);
      if (classOf[code] === 0) classOf[code] = width++;
    }
  }
  for (let code = 65; code <= 90; code += 1) classOf[code] = classOf[code + 32] as number;

  const children: Int32Array[] = [new Int32Array(width).fill(-1)];
  const hits: (number[] | undefined)[] = [undefined];
  rules.forEach((rule, ruleIndex) => {
    for (const hint of wordsOf(rule)) {
      let state = 0;
      for (const character of hint) {
        const letter = classOf[character.charCodeAt(0)] as number;
        const row = children[state] as Int32Array;
        if (row[letter] === -1) {
          row[letter] = children.push(new Int32Array(width).fill(-1)) - 1;
          hits.push(undefined);
        }
        state = row[letter] as number;
      }
      hits[state] = [...(hits[state] ?? []), ruleIndex];
    }
  });
  return { width, classOf, ...hitsLast(linkFailures(children, hits, width), hits, width) };
}

/** Turns the tree into a complete table: where no child fits, the longest suffix that does. */
function linkFailures(
  children: readonly Int32Array[],
  hits: (number[] | undefined)[],
  width: number,
): Uint16Array {
  const next = new Uint16Array(children.length * width);
  const failure = new Int32Array(children.length);
  const queue: number[] = [0];
  for (let head = 0; head < queue.length; head += 1) {
    const state = queue[head] as number;
    const fallback = failure[state] as number;
    if (state !== 0 && hits[fallback]) {
      hits[state] = [...new Set([...(hits[state] ?? []), ...(hits[fallback] ?? [])])];
    }
    for (let letter = 0; letter < width; letter += 1) {
      const child = (children[state] as Int32Array)[letter] as number;
      const other = state === 0 ? 0 : (next[fallback * width + letter] as number);
      next[state * width + letter] = child === -1 ? other : child;
      if (child !== -1) {
        failure[child] = other;
        queue.push(child);
      }
    }
  }
  return next;
}

/** Renumbers the states so that one comparison tells whether a hint is complete. */
function hitsLast(
  table: Uint16Array,
  hits: readonly (readonly number[] | undefined)[],
  width: number,
): Pick<Automaton, 'next' | 'hits' | 'firstHit'> {
  const states = hits.map((_, state) => state);
  const order = [
    ...states.filter((state) => !hits[state]),
    ...states.filter((state) => hits[state]),
  ];
  const newNumber = new Uint16Array(states.length);
  order.forEach((state, position) => (newNumber[state] = position));
  const next = new Uint16Array(table.length);
  order.forEach((state, position) => {
    for (let letter = 0; letter < width; letter += 1) {
      const target = table[state * width + letter] as number;
      next[position * width + letter] = newNumber[target] as number;
    }
  });
  return {
    next,
    hits: order.map((state) => hits[state]),
    firstHit: hits.filter((hit) => !hit).length,
  };
}
