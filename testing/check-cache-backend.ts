import { deepStrictEqual, rejects, strictEqual, throws } from 'node:assert'
import { randomUUID } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import type { CacheBackend, ImmediateBackend, LeasingBackend } from 'plinth'

/** How to make the backends that are checked. */
export interface CacheBackendCheck {
  /** Makes a backend. Those of different namespaces must not see each other, whatever they share otherwise. */
  create(namespace: string): CacheBackend | Promise<CacheBackend>
  /** Puts a text where the backend keeps the value of a key, as a broken or foreign writer might; left out where nothing can. */
  corrupt?(namespace: string, key: string, text: string): Promise<void>
}

/**
 * Checks that a cache backend keeps the rules of `CacheBackend`, and those of leases and of `getNow` where it has them. Takes about two
 * seconds, because it waits for values to end.
 * @throws {AssertionError} that says which rule is broken.
 */
export async function checkCacheBackend(check: CacheBackendCheck): Promise<void> {
  const namespace = `check-${randomUUID()}`
  const [backend, other] = [await check.create(namespace), await check.create(`${namespace}-other`)]
  try {
    await checkValues(backend)
    await checkRefusals(backend)
    await checkTimeouts(backend)
    await checkNamespaces(backend, other)
    if (check.corrupt) await checkCorrupted(backend, (key, text) => check.corrupt!(namespace, key, text))
    if ('getNow' in backend) await checkImmediate(backend as ImmediateBackend)
    if ('acquire' in backend && 'release' in backend) await checkLeases(backend as LeasingBackend)
  } finally {
    for (const one of [backend, other]) await (one as { close?(): void | Promise<void> }).close?.()
  }
}

const values: readonly unknown[] = [
  null,
  false,
  0,
  -1.5,
  '',
  'sj{"a":1}',
  'a text with ü, 漢, 👍 and \u0000',
  [],
  {},
  [1, [null, { a: ['b'] }]],
  { text: 'x', nested: { list: [true] } },
  'x'.repeat(300_000),
]

async function checkValues(backend: CacheBackend): Promise<void> {
  strictEqual(await backend.get('absent'), undefined, 'A key without a value is undefined.')
  for (const value of values) {
    await backend.set('value', value, 60)
    deepStrictEqual(
      await backend.get('value'),
      value,
      `It gives back what it was given: ${JSON.stringify(value).slice(0, 60)}`,
    )
  }
  const list = [1]
  await backend.set('value', list, 60)
  list.push(2)
  deepStrictEqual(await backend.get('value'), [1], 'What becomes of an object later changes nothing in the cache.')
  ;((await backend.get('value')) as number[]).push(3)
  deepStrictEqual(await backend.get('value'), [1], 'What becomes of an answer changes nothing in the cache.')
  await backend.delete('value')
  strictEqual(await backend.get('value'), undefined, 'A key that was deleted has no value.')
  await backend.delete('value')
  await backend.set('without-timeout', 1)
  strictEqual(await backend.get('without-timeout'), 1, 'Without a time-out it takes its own.')
}

async function checkRefusals(backend: CacheBackend): Promise<void> {
  const circle: { self?: object } = {}
  circle.self = circle
  const wrong = [undefined, 1n, NaN, Infinity, new Date(), new Map(), new Set(), () => 1, Symbol('s'), circle]
  for (const value of [...wrong, [undefined], { at: new Date() }, { deep: [new Map()] }, new (class Thing {})()]) {
    await refused(backend.set('refused', value, 60), 'E_CACHE_VALUE', `A value that is no JSON: ${typeof value}`)
  }
  for (const timeout of [0, -1, NaN, Infinity, 31_536_001, '5' as unknown as number]) {
    await refused(backend.set('refused', 1, timeout), 'E_CACHE_TIMEOUT', `A time-out of ${timeout}`)
  }
  for (const key of ['', 'k'.repeat(251), 'a b', 'a\nb', 'a\u0000b']) {
    await refused(backend.set(key, 1, 60), 'E_CACHE_KEY', `To set the key ${JSON.stringify(key)}`)
    await refused(backend.get(key), 'E_CACHE_KEY', `To get the key ${JSON.stringify(key)}`)
    await refused(backend.delete(key), 'E_CACHE_KEY', `To delete the key ${JSON.stringify(key)}`)
  }
  strictEqual(await backend.get('refused'), undefined, 'What is refused leaves nothing behind.')
  const longest = 'k'.repeat(250)
  await backend.set(longest, 1, 60)
  strictEqual(await backend.get(longest), 1, 'A key may have 250 characters.')
}

function refused(work: Promise<unknown>, code: string, what: string): Promise<void> {
  return rejects(work, { name: 'UsageError', code }, `${what} is refused with ${code}.`)
}

async function checkTimeouts(backend: CacheBackend): Promise<void> {
  await backend.set('short', 1, 0.2)
  await backend.set('long', 1, 60)
  await backend.set('renewed', 1, 0.2)
  await backend.set('renewed', 2, 60)
  strictEqual(await backend.get('short'), 1, 'A value is there until its time-out, also one below a second.')
  await wait(400)
  strictEqual(await backend.get('short'), undefined, 'A value ends with its time-out.')
  strictEqual(await backend.get('long'), 1, 'A value is there until its own time-out.')
  strictEqual(await backend.get('renewed'), 2, 'Another value has a time-out of its own.')
}

async function checkNamespaces(backend: CacheBackend, other: CacheBackend): Promise<void> {
  await backend.set('shared', 'mine', 60)
  strictEqual(await other.get('shared'), undefined, 'Namespaces do not see each other.')
  await other.delete('shared')
  strictEqual(await backend.get('shared'), 'mine', 'Namespaces do not delete from each other.')
}

async function checkCorrupted(
  backend: CacheBackend,
  corrupt: (key: string, text: string) => Promise<void>,
): Promise<void> {
  for (const text of ['', '{', 'j', 'j{"a":', 'j[1,', 'undefined', 'x1']) {
    await backend.set('broken', 1, 60)
    await corrupt('broken', text)
    strictEqual(await backend.get('broken'), undefined, `What cannot be read is no value: ${JSON.stringify(text)}`)
  }
}

async function checkImmediate(backend: ImmediateBackend): Promise<void> {
  const set = backend.set('now', { list: [1] }, 0.2)
  deepStrictEqual(backend.getNow('now'), { list: [1] }, 'A value is there as soon as it was given.')
  ;(backend.getNow('now') as { list: number[] }).list.push(2)
  deepStrictEqual(backend.getNow('now'), { list: [1] }, 'What becomes of an answer changes nothing in the cache.')
  await set
  strictEqual(backend.getNow('absent'), undefined, 'A key without a value is undefined at once, too.')
  throws(() => backend.getNow('a b'), { name: 'UsageError', code: 'E_CACHE_KEY' }, 'Keys are refused at once, too.')
  await wait(400)
  strictEqual(backend.getNow('now'), undefined, 'A value ends with its time-out.')
  await backend.set('now', 1, 60)
  const deleted = backend.delete('now')
  strictEqual(backend.getNow('now'), undefined, 'A key has no value as soon as it was deleted.')
  await deleted
}

async function checkLeases(backend: LeasingBackend): Promise<void> {
  const taken = await Promise.all(['a', 'b', 'c', 'd'].map((token) => backend.acquire('lease', token, 60)))
  strictEqual(taken.filter(Boolean).length, 1, 'One of several takes a lease.')
  const holder = ['a', 'b', 'c', 'd'][taken.indexOf(true)]!
  strictEqual(await backend.get('lease'), holder, 'The token of a lease is the value of its key.')
  await backend.release('lease', 'another')
  strictEqual(await backend.acquire('lease', 'e', 60), false, 'A lease is given back by its holder alone.')
  await backend.release('lease', holder)
  strictEqual(await backend.acquire('lease', 'e', 0.2), true, 'A lease that was given back can be taken.')
  await wait(400)
  strictEqual(await backend.acquire('lease', 'f', 60), true, 'A lease ends by itself.')
  await backend.release('lease', 'e')
  strictEqual(await backend.acquire('lease', 'g', 60), false, 'Whoever lost a lease cannot give it back.')
  await backend.set('lease', 'h', 60)
  await backend.release('lease', 'f')
  strictEqual(await backend.acquire('lease', 'i', 60), false, 'Whoever sets the token of a lease takes it away.')
  await backend.release('lease', 'h')
  strictEqual(await backend.acquire('lease', 'j', 60), true, 'A lease that was taken away can be given back.')
}
