import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import { LocalFileStorage } from 'plinth'
import { checkFileStorage } from 'plinth/testing'
import { type Directory, temporaryDirectory } from './support/directory.js'

async function* content(value: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(value)
}

const isEven = (key: string): boolean => Number(key.slice(5)) % 2 === 0
const later = (): Date => new Date(Date.now() + 60_000)

describe('LocalFileStorage', () => {
  let directory: Directory
  let storage: LocalFileStorage

  beforeEach(async () => {
    directory = await temporaryDirectory()
    storage = new LocalFileStorage({ directory: join(directory.path, 'made', 'when needed') })
  })
  afterEach(() => directory.remove())

  it('keeps the rules of file storages', async () => {
    await checkFileStorage({
      create: () => new LocalFileStorage({ directory: directory.path }),
      count: async () => (await directory.files()).length,
    })
  })

  it('has nothing to recover where nothing was ever stored', async () => {
    expect(await storage.recover({ before: later(), isReferenced: () => true })).to.deep.equal({
      kept: [],
      discarded: [],
    })
  })

  it('recovers what rows refer to, removes the rest, and leaves alone what is young', async () => {
    await storage.put('referenced', content('a'))
    await storage.put('forgotten', content('b'))
    await storage.put('young', content('c'))
    const young = join(directory.path, 'made', 'when needed', 'pending', 'young')
    await utimes(young, new Date(), new Date(Date.now() + 120_000))
    const report = await storage.recover({ before: later(), isReferenced: async (key) => key === 'referenced' })
    expect(report).to.deep.equal({ kept: ['referenced'], discarded: ['forgotten'] })
    expect(await text(await (await storage.get('referenced'))!.open())).to.equal('a')
    expect((await directory.files()).map((path) => path.split('/').at(-1))).to.have.members(['referenced', 'young'])
  })

  it('recovers while files are kept and discarded, and while another process recovers', async () => {
    const pending = await Promise.all(
      Array.from({ length: 60 }, (_, index) => storage.put(`file-${index}`, content('a'))),
    )
    const reports = await Promise.all([
      storage.recover({ before: later(), isReferenced: isEven }),
      storage.recover({ before: later(), isReferenced: isEven }),
      ...pending.slice(0, 30).map((file) => file.discard()),
    ])
    const kept = reports.flatMap((report) => report?.kept ?? [])
    expect(new Set(kept).size).to.equal(kept.length)
    expect(kept).to.include('file-58')
    expect(kept).to.not.include('file-59')
  })

  it('shows nothing of a file whose process is killed while it arrives', async () => {
    const file = fileURLToPath(new URL('./support/endless-put.js', import.meta.url))
    const child: ChildProcess = fork(file, [directory.path])
    await once(child, 'message')
    child.kill('SIGKILL')
    await once(child, 'exit')
    storage = new LocalFileStorage({ directory: directory.path })
    expect(await storage.get('endless')).to.equal(undefined)
    expect(await directory.files()).to.deep.equal(['pending/endless'])
    const report = await storage.recover({ before: later(), isReferenced: () => false })
    expect(report.discarded).to.deep.equal(['endless'])
    expect(await directory.files()).to.deep.equal([])
  })
})
