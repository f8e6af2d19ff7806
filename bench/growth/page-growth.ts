import { fileURLToPath } from 'node:url'
import type { Databases } from '../contenders/databases.js'
import { Running } from '../contenders/running.js'
import { aimOfGrowth, aimOfRatio, type Growth } from './growth.js'
import { clockFor, type Measured, spentInTurns } from './spent.js'

/** What is asked of a list, and how often in a round. */
const asked = {
  'first page': { calls: 25, path: () => '/articles?pageSize=20' },
  'page behind a cursor': { calls: 25, path: ({ near }: Cursors) => `/cursor?pageSize=20&cursor=${near}` },
  'page behind nine tenths': { calls: 25, path: ({ deep }: Cursors) => `/cursor?pageSize=20&cursor=${deep}` },
  'one row': { calls: 40, path: () => '/articles/00000000-0000-7000-8000-000000000001' },
  'page with capped count': { calls: 6, path: () => '/capped?pageSize=20' },
  'page with exact count': { calls: 2, path: () => '/exact?pageSize=20' },
  'page with estimate': { calls: 25, path: () => '/estimate?pageSize=20' },
} as const

type Name = keyof typeof asked

interface Cursors {
  readonly near: string
  readonly deep: string
}

const program = {
  name: 'plinth',
  title: 'plinth',
  program: fileURLToPath(new URL('./articles.js', import.meta.url)),
  variant: '',
  installed: false,
  asks: {},
}

const keyOf = (name: string, size: number): string => `${name} of ${size}`

/** Reads lists of articles of several sizes, each served by a process of its own, in turns. */
export async function pageGrowth(
  sizes: readonly number[],
  databasesOf: (rows: number) => Promise<Databases>,
  rounds: number,
): Promise<Growth> {
  const all = new Map<string, Measured>()
  const closing: (() => Promise<void>)[] = []
  try {
    for (const size of sizes) {
      const databases = await databasesOf(size)
      closing.push(() => databases.drop())
      const running = await Running.start(program, await databases.make())
      closing.push(() => running.stop())
      const cursors = await cursorsOf(running, size)
      const passes = clockFor(databases.engine)
      const spent = databases.engine === 'sqlite' ? async () => (await running.usage()).spent : passes
      for (const [name, { calls, path }] of Object.entries(asked)) {
        const work = () => answered(running, path(cursors))
        all.set(keyOf(name, size), { work, calls, warming: calls < 20 ? calls : 400, spent })
      }
    }
    const costs = await spentInTurns(all, rounds)
    const seriesOf = (name: Name) => ({ name, values: sizes.map((size) => costs.get(keyOf(name, size))) })
    const [first, near, deep, one] = [
      seriesOf('first page'),
      seriesOf('page behind a cursor'),
      seriesOf('page behind nine tenths'),
      seriesOf('one row'),
    ]
    return {
      name: 'A page of 20, by the number of rows',
      unit: 'us',
      sizes,
      series: (Object.keys(asked) as Name[]).map(seriesOf),
      aims: [
        aimOfGrowth('a page of the most rows, against one of the fewest', 1.5, first),
        aimOfGrowth('one of the most rows, against one of the fewest', 1.5, one),
        aimOfRatio('a page behind nine tenths of the rows, against the first by cursor', 1.5, deep, near),
        aimOfRatio('a page behind nine tenths of the rows, against the first page', 1.5, deep, first),
      ],
    }
  } finally {
    for (const close of closing.toReversed()) await close()
  }
}

async function answered(running: Running, path: string): Promise<string> {
  const { status, text } = await running.send({ method: 'GET', path })
  if (status !== 200) throw new Error(`${path} is answered ${status}: ${text}`)
  return text
}

/** The cursors behind twenty rows, and behind nine tenths of those that are shown: nine of ten. */
async function cursorsOf(running: Running, size: number): Promise<Cursors> {
  const shown = size * 0.9
  const near = cursorIn(await answered(running, '/cursor?pageSize=20'))
  const step = Math.min(1000, shown * 0.1)
  let deep = ''
  for (let seen = 0; seen < shown * 0.9; seen += step) {
    deep = cursorIn(await answered(running, `/cursor?pageSize=${step}${deep && `&cursor=${deep}`}`))
  }
  return { near, deep }
}

function cursorIn(text: string): string {
  const { pagination } = JSON.parse(text) as { readonly pagination: { readonly nextCursor: string } }
  return encodeURIComponent(pagination.nextCursor)
}
