import { deepStrictEqual, ok, rejects, strictEqual } from 'node:assert'
import { randomUUID } from 'node:crypto'
import { buffer } from 'node:stream/consumers'
import type { FileStorage, PendingFile } from 'plinth'

/** How to make the storages that are checked. */
export interface FileStorageCheck {
  /** Makes a storage; every one that it makes is of the same files. */
  create(): FileStorage | Promise<FileStorage>
  /** Counts everything that the storage has, whether it is found or not; left out where nothing can. */
  count?(): Promise<number>
}

/**
 * Checks that a file storage keeps the rules of `FileStorage`. Afterwards it has what it had before.
 * @throws {AssertionError} that says which rule is broken.
 */
export async function checkFileStorage(check: FileStorageCheck): Promise<void> {
  const [storage, other] = [await check.create(), await check.create()]
  const before = await check.count?.()
  await checkKeeping(storage, other)
  await checkContents(storage)
  await checkDiscarding(storage)
  await checkFailures(storage)
  await checkKeys(storage)
  await checkConcurrency(storage, other)
  strictEqual(await check.count?.(), before, 'What was discarded, deleted or failed leaves nothing behind.')
}

const newKey = (): string => `check-${randomUUID()}`

async function* chunks(...all: readonly (string | Uint8Array)[]): AsyncGenerator<Uint8Array> {
  for (const one of all) yield Buffer.from(one as string)
}

async function textOf(storage: FileStorage, key: string): Promise<string | undefined> {
  const found = await storage.get(key)
  if (!found) return undefined
  const bytes = await buffer(await found.open())
  strictEqual(found.size, bytes.length, 'The size of a file is that of its content.')
  return bytes.toString()
}

async function checkKeeping(storage: FileStorage, other: FileStorage): Promise<void> {
  const key = newKey()
  strictEqual(await storage.get(key), undefined, 'A key without a file is undefined.')
  const pending = await storage.put(key, chunks('a', 'bc'))
  deepStrictEqual([pending.key, pending.size], [key, 3], 'A pending file knows its key and size.')
  strictEqual(await storage.get(key), undefined, 'A file that was not kept is not found.')
  strictEqual((await buffer(await pending.open())).toString(), 'abc', 'A pending file can be read.')
  strictEqual((await buffer(await pending.open())).toString(), 'abc', 'A pending file can be read again.')
  await pending.keep()
  await pending.keep()
  strictEqual(await textOf(storage, key), 'abc', 'A file that was kept is found.')
  strictEqual(await textOf(other, key), 'abc', 'It is found by others too.')
  strictEqual((await buffer(await pending.open())).toString(), 'abc', 'It can be read by whoever has put it there.')
  await pending.discard()
  strictEqual(await textOf(storage, key), 'abc', 'A file that was kept cannot be discarded any more.')
  await other.delete(key)
  strictEqual(await storage.get(key), undefined, 'A file that was deleted is not found.')
  await storage.delete(key)
  await storage.delete(newKey())
}

async function checkContents(storage: FileStorage): Promise<void> {
  for (const content of [[], [''], [Buffer.from([0, 255, 13, 10])], ['x'.repeat(1_000_000), 'y']]) {
    const key = newKey()
    await (await storage.put(key, chunks(...content))).keep()
    const expected = Buffer.concat(content.map((one) => Buffer.from(one as string)))
    const stored = (await storage.get(key))!
    ok(
      expected.equals(await buffer(await stored.open())),
      `It gives back what it was given, of ${expected.length} bytes.`,
    )
    await storage.delete(key)
  }
}

async function checkDiscarding(storage: FileStorage): Promise<void> {
  const key = newKey()
  const pending = await storage.put(key, chunks('a'))
  await pending.discard()
  await pending.discard()
  strictEqual(await storage.get(key), undefined, 'A file that was discarded is not found.')
  await rejects(pending.keep(), 'A file that was discarded cannot be kept.')
  strictEqual(await storage.get(key), undefined, 'Trying to keep it does not bring it back.')
}

async function checkFailures(storage: FileStorage): Promise<void> {
  const key = newKey()
  const broken = new Error('The content broke off.')
  async function* breaking(): AsyncGenerator<Uint8Array> {
    yield Buffer.from('the half of it')
    throw broken
  }
  await rejects(storage.put(key, breaking()), broken, 'It fails with the error of the content.')
  strictEqual(await storage.get(key), undefined, 'The half of a file is not found.')
  await (await storage.put(key, chunks('whole'))).keep()
  strictEqual(await textOf(storage, key), 'whole', 'A key whose file failed can be taken.')
  await storage.delete(key)
}

async function checkKeys(storage: FileStorage): Promise<void> {
  const wrong = [
    '',
    '.',
    '..',
    '../x',
    'a/b',
    'a\\b',
    'a\u0000',
    'A',
    'con',
    'aux.txt',
    'x'.repeat(101),
    'ä',
    ' a',
    'a.',
  ]
  for (const key of wrong) {
    const refused = { name: 'UsageError', code: 'E_FILE_KEY' }
    await rejects(storage.put(key, chunks('a')), refused, `To put a file under ${JSON.stringify(key)} is refused.`)
    await rejects(storage.get(key), refused, `To get a file from ${JSON.stringify(key)} is refused.`)
    await rejects(storage.delete(key), refused, `To delete a file from ${JSON.stringify(key)} is refused.`)
  }
  const key = `${newKey()}.tar.gz`
  await (await storage.put(key, chunks('first'))).keep()
  const refused = { name: 'UsageError', code: 'E_FILE_KEY' }
  await rejects(storage.put(key, chunks('second')), refused, 'A key that is in use is refused.')
  strictEqual(await textOf(storage, key), 'first', 'What was stored stays as it was.')
  await storage.delete(key)
}

async function checkConcurrency(storage: FileStorage, other: FileStorage): Promise<void> {
  const key = newKey()
  const tries = await Promise.allSettled(
    Array.from({ length: 8 }, (_, index) => (index % 2 ? storage : other).put(key, chunks(`${index}`))),
  )
  const taken = tries.filter((one): one is PromiseFulfilledResult<PendingFile> => one.status === 'fulfilled')
  strictEqual(taken.length, 1, 'One of several that put a file under one key at once succeeds.')
  await Promise.all([taken[0]!.value.keep(), taken[0]!.value.keep()])
  ok(await textOf(storage, key), 'It is found.')
  await storage.delete(key)
}
