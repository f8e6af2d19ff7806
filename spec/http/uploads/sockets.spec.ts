import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import type { Socket } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { expect } from 'chai'
import { type FileStorage, LocalFileStorage } from 'plinth'
import { type Directory, temporaryDirectory } from '../../files/support/directory.js'
import { describeOnDrivers, type Service } from '../../support/http.js'
import { boundary, formOf, formType, headOf, png } from './support/form.js'
import { GalleryViewSet } from './support/gallery.js'

const megabyte = 1024 * 1024
const title = formOf({ name: 'title', content: 'A cat' }).subarray(0, -(boundary.length + 6))
const pictureHead = headOf({ name: 'picture', fileName: 'cat.png', content: '' })

/** Waits until something is so, for as long as it takes. */
async function until(isSo: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await isSo())) await wait(5)
}

/** How many descriptors of files below a directory the process has open. */
async function openFiles(directory: string): Promise<number> {
  const { readlink } = await import('node:fs/promises')
  const links = await Promise.all(
    (await readdir('/proc/self/fd')).map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => '')),
  )
  return links.filter((path) => path.startsWith(directory)).length
}

/** A storage whose files arrive when it is let go on. */
class StallingStorage extends LocalFileStorage {
  arrived = 0

  override put(...[key, content]: Parameters<FileStorage['put']>) {
    const counted = async function* (this: StallingStorage) {
      for await (const chunk of content) {
        this.arrived += chunk.byteLength
        yield chunk
      }
    }
    return super.put(key, counted.call(this))
  }
}

/** Bytes as one chunk of a body. */
const chunkOf = (bytes: Buffer): Buffer =>
  Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')])

describeOnDrivers('Uploads over sockets', ({ serve }) => {
  let service: Service
  let directory: Directory
  let storage: StallingStorage
  let sockets: Socket[]

  /** Begins a request, and collects what comes back. */
  const begin = (headers: string) => {
    const socket = service.socket().setEncoding('latin1')
    sockets.push(socket)
    const answer = { text: '' }
    socket.on('data', (chunk: string) => (answer.text += chunk)).on('error', () => {})
    socket.write(`POST /gallery/look HTTP/1.1\r\nHost: x\r\nContent-Type: ${formType}\r\n${headers}\r\n\r\n`)
    return { socket, answer, head: () => answer.text.split('\r\n', 1)[0] }
  }
  const isQuiet = async (): Promise<boolean> =>
    service.application.active === 0 && (await openFiles(directory.path)) === 0

  /** Sends a form of its own in pieces. @returns what the action saw of it. */
  const send = async (index: number) => {
    const content = png(index * 7919)
    const body = formOf(
      { name: 'title', content: `Cat ${index}` },
      { name: 'picture', fileName: `${index}.png`, content },
      { name: 'notes', fileName: 'n', content: `note ${index}` },
    )
    const { socket, answer } = begin('Transfer-Encoding: chunked\r\nConnection: close')
    const size = 1 + ((index * 613) % 5000)
    for (let start = 0; start < body.length; start += size) {
      if (!socket.write(chunkOf(body.subarray(start, start + size)))) await once(socket, 'drain')
    }
    socket.write('0\r\n\r\n')
    await once(socket, 'close')
    const { picture, body: texts } = JSON.parse(/\{.*\}/s.exec(answer.text)?.[0] ?? '{}') as {
      readonly picture: { readonly name: string; readonly size: number }
      readonly body: { readonly title: string }
    }
    return [texts.title, picture.name, picture.size]
  }
  beforeEach(async () => {
    sockets = []
    directory = await temporaryDirectory()
    storage = new StallingStorage({ directory: directory.path })
    service = await serve({ viewSets: [GalleryViewSet], files: storage })
  })
  afterEach(async () => {
    for (const socket of sockets) socket.destroy()
    await service?.close()
    await directory?.remove()
  })

  it('are refused before anything arrives where more is announced than all files may have', async () => {
    const { answer, head } = begin('Content-Length: 10000000000')
    await until(() => answer.text.includes('\r\n\r\n'))
    expect(head()).to.equal('HTTP/1.1 413 Payload Too Large')
    expect(await directory.files()).to.deep.equal([])
  })

  for (const headers of ['Transfer-Encoding: chunked', `Content-Length: ${4 * megabyte}`]) {
    it(`are refused while they arrive, and leave nothing (${headers})`, async () => {
      const { socket, answer, head } = begin(headers)
      const framed = headers.startsWith('Transfer') ? chunkOf : (bytes: Buffer) => bytes
      socket.write(framed(Buffer.concat([title, pictureHead, png(megabyte - 1000)])))
      await until(() => storage.arrived > megabyte / 2)
      expect(await directory.files()).to.have.length(1)
      // The client sends this much more, and then waits: whoever answers has not waited for the rest.
      socket.write(framed(Buffer.alloc(2000)))
      await until(() => answer.text.includes('PAYLOAD_TOO_LARGE'))
      expect(head()).to.equal('HTTP/1.1 413 Payload Too Large')
      expect(await directory.files()).to.deep.equal([])
      expect(storage.arrived).to.be.at.most(megabyte)
      socket.destroy()
      await until(isQuiet)
    })
  }

  it('of the wrong kind are refused before any of them is stored', async () => {
    const { socket, answer, head } = begin('Transfer-Encoding: chunked')
    socket.write(chunkOf(Buffer.concat([title, pictureHead, Buffer.alloc(100_000, '<html>')])))
    await until(() => answer.text.includes('FILE_REFUSED'))
    expect(head()).to.equal('HTTP/1.1 422 Unprocessable Entity')
    expect(storage.arrived).to.equal(0)
    expect(await directory.files()).to.deep.equal([])
  })

  it('that break off leave neither files nor descriptors', async () => {
    const clients = Array.from({ length: 20 }, (_, index) => {
      const { socket } = begin('Transfer-Encoding: chunked')
      socket.write(chunkOf(Buffer.concat([title, pictureHead, png(100_000 + index)])))
      return socket
    })
    await until(async () => (await directory.files()).length === 20)
    for (const [index, socket] of clients.entries()) {
      if (index % 2 === 0) socket.resetAndDestroy()
      else socket.destroy()
    }
    await until(async () => (await isQuiet()) && (await directory.files()).length === 0)
  })

  it('that are cut short by their length are refused', async () => {
    const whole = Buffer.concat([title, pictureHead, png(70_000)])
    const { socket, answer, head } = begin(`Content-Length: ${whole.length}`)
    socket.write(whole)
    await until(() => answer.text.includes('MALFORMED_BODY'))
    expect(head()).to.equal('HTTP/1.1 400 Bad Request')
    expect(await directory.files()).to.deep.equal([])
  })

  it('keep the connection for the next request, also when one was refused', async () => {
    const { socket, answer } = begin(`Content-Length: ${formOf({ name: 'other', content: '' }).length}`)
    socket.write(formOf({ name: 'other', content: '' }))
    await until(() => answer.text.includes('unknown_field'))
    answer.text = ''
    socket.write('GET /gallery/nothing HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
    await once(socket, 'close')
    expect(answer.text).to.match(/^HTTP\/1.1 404/)
  })

  it('are told apart, however many arrive at once and in whatever pieces', async () => {
    const found = await Promise.all(Array.from({ length: 40 }, (_, index) => send(index)))
    expect(found).to.deep.equal(found.map((_, index) => [`Cat ${index}`, `${index}.png`, png().length + index * 7919]))
    expect(await directory.files()).to.deep.equal([])
    await until(isQuiet)
  })

  it('fail as the storage does, with nothing left and nothing told', async () => {
    const original = storage.put.bind(storage)
    storage.put = async (...given) => {
      await (await original(...given)).discard()
      throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' })
    }
    const body = formOf({ name: 'title', content: 'x' }, { name: 'picture', fileName: 'a.png', content: png() })
    const { status, json } = await service.ask('POST', '/gallery/look', {
      body: new Uint8Array(body),
      headers: { 'content-type': formType },
    })
    expect([status, (json as { readonly code: string }).code]).to.deep.equal([500, 'INTERNAL_ERROR'])
    expect(JSON.stringify(json)).not.to.include('ENOSPC')
    expect(await directory.files()).to.deep.equal([])
  })
})
