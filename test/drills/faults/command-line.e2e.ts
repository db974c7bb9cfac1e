import { expect, it } from 'vitest';
import { Drill } from '../../../drills/kit/drill.mjs';
import { OwnProcess } from '../../../drills/kit/own-process.mjs';
import { DRILL_COMMAND } from '../../drill.js';

it.each([
  ['database', 'nope', 'No such part of database: "nope". There are refused, reset,'],
  ['database', '', 'No such part of database: "". There are refused, reset,'],
  ['redis', 'frozen,nope', 'No such part of redis: "nope". There are refused, reset,'],
  ['shutdown', 'SIGTERM 1', 'There are SIGTERM, second signal,'],
  ['overload', 'peak', 'The drill overload has no parts'],
])('the drill %s refuses --only "%s", and says what there is', async (name, only, said) => {
  const drill = new OwnProcess(process.execPath, [DRILL_COMMAND, name, '--only', only]);
  expect(await drill.exit).toBe(2);
  expect(drill.output).toContain(said);
});

it('a drill that judged nothing has kept nothing', () => {
  expect(new Drill().isKept).toBe(false);
});
