/** What every contender is asked to do. */
export const scenarios = [
  'list',
  'list with count',
  'detail',
  'cursor',
  'create',
  'patch',
  'delete',
  'bulk create',
  'bulk delete',
] as const

export type Scenario = (typeof scenarios)[number]

/** A request as it is sent. */
export interface Sent {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  readonly path: string
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/** What a request depends on besides its number. */
export interface AskContext {
  /** Where a page in the middle begins, in the words of the contender. */
  readonly cursor: string
}

/** The request of a number, which is never used twice for the same contender. */
export type Ask = (number: number, context: AskContext) => Sent

/** How many rows there are; every tenth is deleted. */
export const rowCount = 20_000
/** How many rows are written at once. */
export const bulkSize = 100

/** The key of a row that is seeded, by its place among the nine of ten that are not deleted. */
function keyOf(place: number): string {
  const row = Math.floor(place / 9) * 10 + [1, 2, 4, 5, 6, 7, 8, 9, 10][place % 9]!
  return `00000000-0000-7000-8000-${row.toString(16).padStart(12, '0')}`
}

/** Letters alone: digits at the end of a title would make titles that share a number. */
const letters = (number: number): string =>
  String(number).replace(/[0-9]/g, (digit) => 'abcdefghij'[Number(digit)] ?? '')

const articleOf = (kind: string, number: number) => ({
  title: `${kind} ${letters(number)} about things`,
  body: `What is to be said of ${kind} ${number}. `.repeat(10),
  words: 80,
  categoryId: 1 + (number % 100),
  metadata: { views: number, tags: ['a', 'b'] },
})

const itemsOf = (number: number) =>
  Array.from({ length: bulkSize }, (_, index) => articleOf('several', number * bulkSize + index))

/** Rows that are deleted one by one, that are looked at and changed, and that are deleted together are thirds of all. */
const third = Math.floor((rowCount * 0.9) / 3)
const inThird = (which: 0 | 1 | 2, place: number): string => keyOf(which * third + (place % third))
/** A row that no scenario deletes. */
export const lastingKey = inThird(1, 0)

/** The most rows that are added to a table by bulk actions before it gets its first rows again: a multiple of those. */
const mostAdded = 3 * rowCount

/** How many requests of a scenario can be made until the first rows are given back: deletions run out of rows. */
export function roomOf(scenario: Scenario): number {
  if (scenario === 'delete') return third
  if (scenario === 'bulk delete') return Math.floor(third / bulkSize)
  return scenario === 'bulk create' ? mostAdded / bulkSize : Number.POSITIVE_INFINITY
}

const idsOf = (number: number) => Array.from({ length: bulkSize }, (_, index) => inThird(2, number * bulkSize + index))

const reads: ReadonlySet<string> = new Set<Scenario>(['list', 'list with count', 'detail', 'cursor'])

const detail: Ask = (number) => ({ method: 'GET', path: `/articles/${inThird(1, number * 7)}` })
const create: Ask = (number) => ({ method: 'POST', path: '/articles', body: articleOf('single', number) })
const patch: Ask = (number) => ({
  method: 'PATCH',
  path: `/articles/${inThird(1, number * 11)}`,
  body: { words: 100 + number, body: `Changed ${number} times.` },
})
const remove: Ask = (number) => ({ method: 'DELETE', path: `/articles/${inThird(0, number)}` })

/** The paths of plinth, which the programs written by hand share. */
export const ownAsks: Readonly<Record<Scenario, Ask>> = {
  list: () => ({ method: 'GET', path: '/articles?page=1&pageSize=20' }),
  'list with count': () => ({ method: 'GET', path: '/counted?page=1&pageSize=20' }),
  detail,
  cursor: (_, { cursor }) => ({ method: 'GET', path: `/cursor?pageSize=20&cursor=${cursor}` }),
  create,
  patch,
  delete: remove,
  'bulk create': (number) => ({ method: 'POST', path: '/articles/bulk/create', body: { items: itemsOf(number) } }),
  // The programs by hand answer how many rows are deleted, and so does plinth where nobody wants to hear of each.
  'bulk delete': (number) => ({
    method: 'POST',
    path: '/articles/bulk/delete',
    body: { ids: idsOf(number) },
    headers: { prefer: 'return=minimal' },
  }),
}

/** Those of them that write rows. */
export const writingAsks: Partial<Readonly<Record<Scenario, Ask>>> = Object.fromEntries(
  Object.entries(ownAsks).filter(([scenario]) => !reads.has(scenario)),
)

/** What @dataui/crud has: no cursor, and no deletion of several rows. It counts wherever a page is named. */
export const crudAsks: Partial<Readonly<Record<Scenario, Ask>>> = {
  list: () => ({ method: 'GET', path: '/articles?limit=20' }),
  'list with count': () => ({ method: 'GET', path: '/articles?limit=20&page=1' }),
  detail,
  create,
  patch,
  delete: remove,
  'bulk create': (number) => ({ method: 'POST', path: '/articles/bulk', body: { bulk: itemsOf(number) } }),
}
