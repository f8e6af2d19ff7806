import { ok, strictEqual } from 'node:assert'
import { randomUUID } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import type { Awaitable, ClosableRateLimitStore, PlacesStore, Quota, RateLimitStore } from 'plinth'
import { checkPlaces } from './check-places.js'

/** How to make the stores that are checked. */
export interface RateLimitStoreCheck {
  /** Makes a store. Those of different namespaces must not count together, whatever they share otherwise. */
  create(namespace: string): Awaitable<RateLimitStore>
  /** The shortest period that the store can count, in seconds; 0.2 unless told. */
  readonly shortest?: number
  /** Whether the store counts fixed periods, and so allows more around the end of one, and counts what it refuses. */
  readonly fixedPeriods?: boolean
}

/**
 * Checks that a store keeps the rules of `RateLimitStore`, and those of `PlacesStore` where it has `enter` and `leave`. Takes some of its shortest
 * periods.
 * @throws {AssertionError} that says which rule is broken.
 */
export async function checkRateLimitStore(check: RateLimitStoreCheck): Promise<void> {
  const namespace = `check-${randomUUID()}`
  const [store, other] = [await check.create(namespace), await check.create(`${namespace}-other`)]
  const { shortest = 0.2, fixedPeriods = false } = check
  try {
    await checkCounting(store)
    if (!fixedPeriods) await checkRefusals(store)
    await checkConcurrency(store)
    await checkNamespaces(store, other)
    await checkForgetting(store)
    await checkEnds(store, shortest)
    if (!fixedPeriods) await checkEverySpan(store, shortest)
    if ('enter' in store && 'leave' in store) {
      await checkPlaces(store as PlacesStore, other as PlacesStore, shortest * 1000)
    }
  } finally {
    for (const one of [store, other]) await (one as Partial<ClosableRateLimitStore>).close?.()
  }
}

/** Longer than any check takes. */
const minute = 60

async function checkCounting(store: RateLimitStore): Promise<void> {
  const quota = { limit: 5, period: minute }
  for (const [cost, remaining] of [
    [1, 4],
    [3, 1],
  ] as const) {
    const { resetAfter, ...rest } = await store.consume('count', quota, cost)
    strictEqual(
      JSON.stringify(rest),
      JSON.stringify({ allowed: true, remaining, retryAfter: 0 }),
      'It counts each cost.',
    )
    ok(isSpan(resetAfter, quota), 'All that is allowed ceases to count within a period.')
  }
  const other = await store.consume('another', quota, 1)
  strictEqual(other.remaining, 4, 'Keys are counted apart.')
  const last = await store.consume('count', quota, 1)
  strictEqual(last.remaining, 0, 'All of the limit can be used.')
  const refused = await store.consume('count', quota, 1)
  strictEqual(refused.allowed, false, 'More than the limit is refused.')
  strictEqual(refused.remaining, 0, 'Where something is refused for want of one, nothing is left.')
  ok(isSpan(refused.retryAfter, quota), 'Something refused can be allowed within a period.')
}

async function checkRefusals(store: RateLimitStore): Promise<void> {
  const quota = { limit: 5, period: minute }
  await store.consume('refuse', quota, 3)
  const refused = await store.consume('refuse', quota, 3)
  strictEqual(refused.allowed, false, 'A cost beyond what is left is refused as a whole.')
  strictEqual(refused.remaining, 2, 'What is refused is not counted.')
  strictEqual((await store.consume('refuse', quota, 2)).allowed, true, 'What is left can be used after a refusal.')
}

async function checkConcurrency(store: RateLimitStore): Promise<void> {
  const quota = { limit: 10, period: minute }
  const all = await Promise.all(Array.from({ length: 100 }, async () => store.consume('many', quota, 1)))
  strictEqual(all.filter(({ allowed }) => allowed).length, 10, 'Of many at once exactly the limit is allowed.')
  const left = all.flatMap(({ allowed, remaining }) => (allowed ? [remaining] : []))
  strictEqual(new Set(left).size, 10, 'Each that is allowed is told another rest.')
}

async function checkNamespaces(store: RateLimitStore, other: RateLimitStore): Promise<void> {
  const quota = { limit: 1, period: minute }
  await store.consume('space', quota, 1)
  strictEqual((await other.consume('space', quota, 1)).allowed, true, 'Namespaces do not count together.')
  await other.forget('space')
  strictEqual((await store.consume('space', quota, 1)).allowed, false, 'Namespaces do not forget for each other.')
}

async function checkForgetting(store: RateLimitStore): Promise<void> {
  const quota = { limit: 1, period: minute }
  await store.consume('forget', quota, 1)
  await store.forget('forget')
  strictEqual((await store.consume('forget', quota, 1)).allowed, true, 'What is forgotten counts no more.')
  await store.forget('never-used')
}

async function checkEnds(store: RateLimitStore, period: number): Promise<void> {
  const quota = { limit: 2, period }
  for (let round = 0; round < 3; round += 1) {
    const { allowed, retryAfter } = await store.consume('end', quota, 2)
    if (allowed) continue
    ok(isSpan(retryAfter, quota), 'Something refused can be allowed within a period.')
    await wait(Math.ceil(retryAfter) + 2)
    strictEqual((await store.consume('end', quota, 2)).allowed, true, 'What was refused is allowed after `retryAfter`.')
  }
}

/** Uses what it can for some periods, and looks at every span between two uses. */
async function checkEverySpan(store: RateLimitStore, period: number): Promise<void> {
  const quota = { limit: 4, period }
  const used: { readonly from: number; readonly to: number }[] = []
  const end = performance.now() + period * 3000
  for (let round = 0; performance.now() < end; round += 1) {
    const from = performance.now()
    if ((await store.consume('span', quota, 1)).allowed) used.push({ from, to: performance.now() })
    await wait((round % 7) * period * 20)
  }
  for (const [index, { from }] of used.entries()) {
    const next = used[index + quota.limit]
    // Stores may count whole milliseconds.
    ok(!next || next.to - from >= period * 1000 - 2, 'No span of a period has more than the limit, wherever it begins.')
  }
}

/** Whether milliseconds are more than nothing and at most a period. */
function isSpan(milliseconds: number, { period }: Quota): boolean {
  return milliseconds > 0 && milliseconds <= period * 1000
}
