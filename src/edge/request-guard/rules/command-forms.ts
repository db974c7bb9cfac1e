import type { ShellCommand } from '../lexers/shell-lexer.js';

const option =
  /^\s{1,9}(?:-{1,2}[a-z?]|-\d{1,2}\s\d|\.\s{1,3}-|\/[a-z?]|~\/|\.{1,2}\/|\$|%[a-z]|[a-z]:[\\/]|(?:\w{1,12}\s)?hk(?:lm|cu|cr|ey_)|\d{1,3}\.\d{1,3}\.|https?:|\*)|^\s{0,3}<{1,3}|^\s{0,3}>{1,2}\s?[\w/&]/;
const path = /^\s{1,9}[^;|&\n]{0,60}\/[a-z*?]/;
const ending = /^[\s)\]}]{0,3}(?:$|[;|&`'"#\n)])/;
const assignment = /^(?!\s{1,3}\.\s{1,3}[-|])(?:\s{0,3}[=:[.,]|\(|\s{0,3}-?\w{0,20}=)/;

/** An option, an address, a redirection: what everyday words are not followed by. */
export const hasOption = ({ rest }: ShellCommand): boolean => option.test(rest);

/** An option or a path stands behind the command. */
export const hasArguments = (command: ShellCommand): boolean =>
  hasOption(command) || path.test(command.rest);

/** Nothing stands behind the command. */
export const endsThere = ({ rest }: ShellCommand): boolean => ending.test(rest);

/** `date=…`, `time: …`, `test(…)`: a name that is given a value, not a command. */
export const isAssigned = ({ rest }: ShellCommand): boolean => assignment.test(rest);
