import { ok, strictEqual } from 'node:assert'
import { setTimeout as wait } from 'node:timers/promises'
import type { PlacesStore } from 'plinth'

/**
 * Checks that a store keeps the rules of `PlacesStore`. Takes a few leases.
 * @param other a store of another namespace.
 * @param lease one that ends while it is checked, in milliseconds.
 * @throws {AssertionError} that says which rule is broken.
 */
export async function checkPlaces(store: PlacesStore, other: PlacesStore, lease: number): Promise<void> {
  await checkEntering(store)
  await checkLeaving(store)
  await checkManyAtOnce(store)
  await checkApart(store, other)
  await checkLeases(store, lease)
}

/** Longer than any check takes. */
const long = { limit: 2, lease: 60_000 }

async function checkEntering(store: PlacesStore): Promise<void> {
  const key = 'places-enter'
  const first = await store.enter(key, 'one', long)
  strictEqual(
    JSON.stringify(first),
    JSON.stringify({ entered: true, remaining: 1 }),
    'It tells how many places are left.',
  )
  await store.enter(key, 'one', long)
  const second = await store.enter(key, 'two', long)
  strictEqual(second.entered, true, 'Whoever enters again is counted once.')
  strictEqual(second.remaining, 0, 'All places can be taken.')
  const third = await store.enter(key, 'three', long)
  strictEqual(third.entered, false, 'Where all places are taken nobody enters.')
  strictEqual((await store.enter(key, 'one', long)).entered, true, 'Whoever is in stays in.')
  strictEqual(
    (await store.enter(key, 'four', { lease: long.lease })).entered,
    true,
    'Without a limit everybody enters.',
  )
}

async function checkLeaving(store: PlacesStore): Promise<void> {
  const key = 'places-leave'
  await store.enter(key, 'one', long)
  await store.enter(key, 'two', long)
  await store.enter(key, 'three', long)
  await store.leave(key, 'three')
  await store.leave(key, 'never-in')
  strictEqual((await store.enter(key, 'four', long)).entered, false, 'Whoever is not in has no place to give.')
  await store.leave(key, 'one')
  await store.leave(key, 'one')
  const entered = await Promise.all(['five', 'six'].map(async (token) => (await store.enter(key, token, long)).entered))
  strictEqual(entered.filter(Boolean).length, 1, 'Whoever leaves gives one place, however often.')
  await store.leave('places-never-used', 'one')
}

async function checkManyAtOnce(store: PlacesStore): Promise<void> {
  const asked = Array.from({ length: 50 }, async (_, one) => store.enter('places-many', `token-${one}`, long))
  const entered = (await Promise.all(asked)).filter((one) => one.entered)
  strictEqual(entered.length, long.limit, 'Of many at once exactly as many enter as the limit says.')
}

async function checkApart(store: PlacesStore, other: PlacesStore): Promise<void> {
  const only = { ...long, limit: 1 }
  await store.enter('places-apart', 'one', only)
  strictEqual((await store.enter('places-another', 'two', only)).entered, true, 'Keys are counted apart.')
  strictEqual((await other.enter('places-apart', 'two', only)).entered, true, 'Namespaces do not count together.')
  await other.leave('places-apart', 'one')
  strictEqual((await store.enter('places-apart', 'three', only)).entered, false, 'Nobody leaves another namespace.')
}

async function checkLeases(store: PlacesStore, lease: number): Promise<void> {
  const key = 'places-lease'
  await store.enter(key, 'ends', { limit: 2, lease })
  await store.enter(key, 'renewed', { limit: 2, lease })
  await store.enter(key, 'renewed', { limit: 2, lease: long.lease })
  await wait(lease + 20)
  strictEqual((await store.enter(key, 'next', long)).entered, true, 'A place is free when its lease has ended.')
  ok(!(await store.enter(key, 'last', long)).entered, 'A lease that was renewed goes on.')
}
