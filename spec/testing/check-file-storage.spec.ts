import { Readable } from 'node:stream'
import { expect } from 'chai'
import { type FileStorage, type PendingFile, requireFileKey, type StoredFile, UsageError } from 'plinth'
import { checkFileStorage } from 'plinth/testing'

/** A storage in memory, whose parts specs break one by one. */
class MemoryFileStorage implements FileStorage {
  readonly kept = new Map<string, Buffer>()
  readonly pending = new Map<string, Buffer>()

  async put(key: string, content: AsyncIterable<Uint8Array>): Promise<PendingFile> {
    this.requireFree(key)
    this.pending.set(key, Buffer.alloc(0))
    const bytes = await this.read(key, content)
    this.pending.set(key, bytes)
    const readable = (): Buffer => this.kept.get(key) ?? bytes
    return {
      key,
      size: bytes.length,
      open: async () => Readable.from(readable(), { objectMode: false }),
      keep: async () => this.keep(key),
      discard: async () => this.discard(key),
    }
  }

  async get(key: string): Promise<StoredFile | undefined> {
    requireFileKey(key)
    const bytes = this.kept.get(key)
    return bytes && { size: bytes.length, open: async () => Readable.from(bytes, { objectMode: false }) }
  }

  async delete(key: string): Promise<void> {
    requireFileKey(key)
    this.kept.delete(key)
  }

  protected requireFree(key: string): void {
    requireFileKey(key)
    if (this.kept.has(key) || this.pending.has(key)) throw new UsageError('E_FILE_KEY', 'The key is in use.')
  }

  protected async read(key: string, content: AsyncIterable<Uint8Array>): Promise<Buffer> {
    const chunks: Uint8Array[] = []
    try {
      for await (const chunk of content) chunks.push(chunk)
    } catch (error) {
      this.pending.delete(key)
      throw error
    }
    return Buffer.concat(chunks)
  }

  protected keep(key: string): void {
    const bytes = this.pending.get(key)
    if (this.kept.has(key)) return
    if (!bytes) throw new Error('It was discarded.')
    this.pending.delete(key)
    this.kept.set(key, bytes)
  }

  protected discard(key: string): void {
    this.pending.delete(key)
  }
}

class FindsPending extends MemoryFileStorage {
  override async get(key: string) {
    const bytes = this.kept.get(key) ?? this.pending.get(key)
    requireFileKey(key)
    return bytes && { size: bytes.length, open: async () => Readable.from(bytes, { objectMode: false }) }
  }
}
class DiscardsWhatIsKept extends MemoryFileStorage {
  protected override discard(key: string): void {
    this.kept.delete(key)
    this.pending.delete(key)
  }
}
class KeepsWhatIsDiscarded extends MemoryFileStorage {
  protected override keep(key: string): void {
    this.kept.set(key, this.pending.get(key) ?? this.kept.get(key) ?? Buffer.alloc(0))
    this.pending.delete(key)
  }
}
class LeavesHalves extends MemoryFileStorage {
  protected override async read(_key: string, content: AsyncIterable<Uint8Array>): Promise<Buffer> {
    const chunks: Uint8Array[] = []
    for await (const chunk of content) chunks.push(chunk)
    return Buffer.concat(chunks)
  }
}
class SwallowsErrors extends MemoryFileStorage {
  protected override async read(_key: string, content: AsyncIterable<Uint8Array>): Promise<Buffer> {
    const chunks: Uint8Array[] = []
    try {
      for await (const chunk of content) chunks.push(chunk)
    } catch {
      // What came so far is taken for all.
    }
    return Buffer.concat(chunks)
  }
}
class OverwritesKeys extends MemoryFileStorage {
  protected override requireFree(key: string): void {
    requireFileKey(key)
  }
}
class TakesAnyKey extends MemoryFileStorage {
  protected override requireFree(key: string): void {
    if (this.kept.has(key) || this.pending.has(key)) throw new UsageError('E_FILE_KEY', 'The key is in use.')
  }
}
class ForgetsNothing extends MemoryFileStorage {
  protected override discard(_key: string): void {}
}
class CutsContent extends MemoryFileStorage {
  protected override async read(key: string, content: AsyncIterable<Uint8Array>): Promise<Buffer> {
    return (await super.read(key, content)).subarray(0, 65_536)
  }
}

const check = (storage: MemoryFileStorage): Promise<void> =>
  checkFileStorage({ create: () => storage, count: async () => storage.kept.size + storage.pending.size })

describe('The check of file storages', () => {
  it('finds nothing wrong with one that keeps the rules', () => check(new MemoryFileStorage()))

  const broken: readonly (readonly [new () => MemoryFileStorage, string])[] = [
    [FindsPending, 'A file that was not kept is not found.'],
    [DiscardsWhatIsKept, 'A file that was kept cannot be discarded any more.'],
    [KeepsWhatIsDiscarded, 'A file that was discarded cannot be kept.'],
    [LeavesHalves, 'The key is in use.'],
    [SwallowsErrors, 'It fails with the error of the content.'],
    [OverwritesKeys, 'A key that is in use is refused.'],
    [TakesAnyKey, 'To put a file under "" is refused.'],
    [ForgetsNothing, 'A file that was discarded cannot be kept.'],
    [CutsContent, 'It gives back what it was given, of 1000001 bytes.'],
  ]
  for (const [Storage, message] of broken) {
    it(`finds what is wrong with one that ${Storage.name}`, async () => {
      const error: unknown = await check(new Storage()).catch((thrown: unknown) => thrown)
      expect((error as Error).message).to.include(message)
    })
  }
})
