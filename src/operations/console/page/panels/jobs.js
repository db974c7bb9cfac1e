import { get, send } from '../app/api.js';
import { confirm } from '../parts/dialog.js';
import { fill, h } from '../parts/dom.js';
import { button, section } from '../parts/fields.js';
import { count, duration } from '../parts/format.js';
import { attempt } from '../parts/notices.js';
import { table } from '../parts/table.js';
import { time } from '../parts/time.js';

const RELOAD_MS = 5_000;

/** What waits, and what has failed for good. */
export const jobs = {
  id: 'jobs',
  title: 'Jobs',
  sign: 'jobs',
  lead: 'Work behind the requests: what waits, and what has failed for good.',
  show(root, signal) {
    const dead = h('div', {});
    const view = table({
      label: 'Queues',
      columns: columnsOf(dead),
      nothing: 'There is no queue.',
    });
    let shown;
    const load = async () => {
      try {
        const { items } = await get('/hardening/jobs', { signal });
        if (JSON.stringify(items) !== shown) view.show(items);
        shown = JSON.stringify(items);
      } catch (error) {
        if (error.name !== 'AbortError') view.fail(error.message);
      }
    };
    const timer = setInterval(() => void load(), RELOAD_MS);
    signal.addEventListener('abort', () => clearInterval(timer));
    fill(root, section('Queues', null, view.node), dead);
    void load();
  },
};

function columnsOf(dead) {
  return [
    { label: 'Queue', cell: ({ name }) => h('code', {}, name) },
    { label: 'Waiting', cell: ({ waiting }) => count(waiting), kind: 'number' },
    {
      label: 'Oldest',
      cell: ({ oldestWaitSeconds }) => duration(oldestWaitSeconds),
      kind: 'number',
    },
    { label: 'Later', cell: ({ later }) => count(later), kind: 'number' },
    { label: 'Running', cell: ({ running }) => count(running), kind: 'number' },
    { label: 'Dead', cell: ({ dead: many }) => count(many), kind: 'number' },
    { label: '', cell: ({ name }) => button('Dead jobs', () => showDead(dead, name)), kind: 'do' },
  ];
}

async function showDead(place, queue) {
  const path = `/hardening/jobs/${encodeURIComponent(queue)}/dead`;
  const act = (method, at, success) =>
    attempt(async () => {
      await send(method, `${path}/${at}`);
      await showDead(place, queue);
    }, success);
  const giveUp = async (id) => {
    const isSure = await confirm(
      'Give the job up?',
      'It is deleted and not tried again.',
      'Give it up',
    );
    if (isSure) await act('DELETE', id, 'The job is deleted.');
  };
  const view = table({
    label: `Dead jobs of ${queue}`,
    nothing: 'No job of this queue has failed for good.',
    columns: [
      { label: 'Died', cell: ({ diedAt }) => time(diedAt) },
      { label: 'Why', cell: ({ reason }) => reason ?? '–' },
      { label: 'Job', cell: ({ id }) => id, kind: 'mono' },
      {
        label: '',
        kind: 'do',
        cell: ({ id }) =>
          h(
            'div',
            { class: 'actions' },
            button('Try again', () => act('POST', `${id}/retry`, 'It is tried again.')),
            button('Give up', () => giveUp(id), 'small danger'),
          ),
      },
    ],
  });
  fill(place, section(`Dead jobs of ${queue}`, null, view.node));
  try {
    view.show((await get(path)).items);
  } catch (error) {
    view.fail(error.message);
  }
}
