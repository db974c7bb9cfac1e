import { plainCommands, wordCommands } from './shell-commands.js';

/** A command that the text would run: how it is introduced, its name, and what follows. */
export interface ShellCommand {
  readonly introducer: string; // 'start' | ';' | '|' | '&' | '`' | '$(' | '\n' | '(' | …
  readonly name: string;
  readonly rest: string;
  readonly certain: boolean; // the name is no everyday word
  readonly adjacent: boolean; // no blank stands between introducer and name
  readonly doubled: boolean; // && or ||
}

const maximumRest = 120;
const maximumCandidates = 20_000;
const maximumWord = 80;

const charactersOf = (characters: string): Uint8Array => {
  const table = new Uint8Array(128);
  for (const character of characters) table[character.charCodeAt(0)] = 1;
  return table;
};
/** What introduces a command, by kind: each rule asks for commands behind one kind only. */
const introducersOfKind = {
  separator: [';', '|', '&'],
  substitution: ['$(', '<(', '>('],
  backtick: ['`'],
  brace: ['{'],
  line: ['\n', '\r'],
} as const;
export type IntroducerKind = keyof typeof introducersOfKind;

const blanks = charactersOf(' \t|&;(+!{,"\'');
const wordCharacters = charactersOf('abcdefghijklmnopqrstuvwxyz0123456789_./?*@$+-\'"\\[]^!~{}');

/** The known commands behind introducers of a kind, where a shell would run them. Expects lower case. */
export function shellCommands(text: string, kind: IntroducerKind): readonly ShellCommand[] {
  const commands: ShellCommand[] = [];
  let candidates = 0;
  for (const introducer of introducersOfKind[kind]) {
    let index = text.indexOf(introducer);
    for (; index >= 0 && candidates < maximumCandidates; candidates += 1) {
      const command =
        introducer === ';' && endsEntity(text, index)
          ? null
          : commandAt(text, index + introducer.length, introducer);
      if (command) commands.push(command);
      index = text.indexOf(introducer, index + 1);
    }
  }
  return commands;
}

/** `&#39;` and `&nbsp;` end in a semicolon that separates nothing. */
function endsEntity(text: string, semicolon: number): boolean {
  let index = semicolon - 1;
  while (index > semicolon - 10 && isEntityLetter(text.charCodeAt(index))) index -= 1;
  if (index === semicolon - 1 || index === semicolon - 10) return false;
  if (text.charCodeAt(index) === HASH) index -= 1;
  return text.charCodeAt(index) === AMPERSAND;
}

const HASH = 35;
const AMPERSAND = 38;
const isEntityLetter = (code: number): boolean =>
  (code >= 97 && code <= 122) || (code >= 48 && code <= 57) || code === 95;

/** The known command at this position, after blanks and variable assignments. */
export function commandAt(text: string, start: number, introducer: string): ShellCommand | null {
  let index = skip(text, start, blanks, 40);
  let end = skip(text, index, wordCharacters, maximumWord);
  for (let assignments = 0; text[end] === '=' && assignments < 3; assignments += 1) {
    index = skip(text, end, assignedValue, 60);
    index = skip(text, index, blanks, 9);
    end = skip(text, index, wordCharacters, maximumWord);
  }
  if (end === index) return null;
  if (text[end - 1] === '$' || (text[end - 1] === '}' && text[index - 1] === '{')) end -= 1;
  const name = commandName(text.slice(index, end));
  const isWord = wordCommands.has(name);
  if (!isWord && !plainCommands.has(name)) return null;
  return {
    introducer,
    name,
    rest: text.slice(end, end + maximumRest),
    certain: !isWord,
    adjacent:
      index === start ||
      text.slice(start, index) === '{' ||
      text[start] === introducer ||
      text[start] === '|',
    doubled: text[start] === introducer,
  };
}

const assignedValue = charactersOf(
  'abcdefghijklmnopqrstuvwxyz0123456789_./?*@$+-\'"\\[]^!~{}=:%(),',
);

function skip(text: string, start: number, characters: Uint8Array, limit: number): number {
  const end = Math.min(text.length, start + limit);
  let index = start;
  while (index < end) {
    const code = text.charCodeAt(index);
    if (code > 127 || characters[code] !== 1) break;
    index += 1;
  }
  return index;
}

const needsUnquoting = /[$"'\\^[]/;
const onlyLetters = /^[a-z_]*$/;

/**
 * What the shell would run: quotes, backslashes, empty variables (`c$@at`) and the directory are
 * dropped; a version suffix (`gcc10.1`, `python3.9`) too.
 */
export function commandName(written: string): string {
  if (plainCommands.has(written) || wordCommands.has(written)) return written;
  if (onlyLetters.test(written)) return written; // nothing to drop
  const bare = needsUnquoting.test(written) ? unquote(written) : written;
  const name = bare.slice(bare.lastIndexOf('/') + 1);
  if (plainCommands.has(name) || wordCommands.has(name)) return name;
  const plain = name.replace(/[0-9.]{1,8}$/, '').replace(/\.exe$/, '');
  // chef-vault, ansible-lint, apt-cache: the tool before the hyphen tells.
  const tool = plain.slice(0, Math.max(0, plain.indexOf('-')));
  return tool.length > 3 && plainCommands.has(tool) && !wordCommands.has(tool) ? tool : plain;
}

/** Removes what a shell removes or expands to nothing, so that `c"a"t` and `c\at` read `cat`. */
export function unquote(text: string): string {
  return text.replace(
    /\$\(\)|``|\$\{[a-z0-9_#}]{0,20}\}|\$[a-z_][a-z0-9_]{0,20}(?=[^a-z0-9_(]|$)|\$[@*$!?0-9_-]|["'\\^]|\[([a-z])\]/g,
    '$1',
  );
}
