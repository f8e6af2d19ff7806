import { createHash } from 'node:crypto'
import { text } from 'node:stream/consumers'
import { expect } from 'chai'
import { LocalFileStorage } from 'plinth'
import { type Directory, temporaryDirectory } from '../../files/support/directory.js'
import { describeOnDrivers, type Service } from '../../support/http.js'
import { formOf, formType, mp3, type Part, png, zip } from './support/form.js'
import { GalleryViewSet } from './support/gallery.js'

interface Problem {
  readonly code: string
  readonly errors?: readonly { readonly pointer: string; readonly code: string; readonly params?: object }[]
}

const picture: Part = { name: 'picture', fileName: 'cat.png', content: png() }
const title: Part = { name: 'title', content: 'A cat' }

describeOnDrivers('Uploads', ({ serve }) => {
  let service: Service
  let directory: Directory
  let storage: LocalFileStorage

  const post = (path: string, body: Buffer, headers: Readonly<Record<string, string>> = {}) =>
    service.ask('POST', `/gallery/${path}`, {
      body: new Uint8Array(body),
      headers: { 'content-type': formType, ...headers },
    })
  const look = (...parts: readonly Part[]) => post('look', formOf(...parts))
  /** The status of a refusal, and what it says is wrong. */
  const refusal = async (...parts: readonly Part[]): Promise<string> => {
    const { status, json } = await look(...parts)
    const { code, errors = [] } = json as Problem
    return [status, code, ...errors.map((one) => `${one.pointer} ${one.code}`)].join(' ')
  }

  /** The type of a file that may be anything, or why it is refused. */
  const send = async (content: Buffer | string, fileName = 'a.bin') => {
    const { status, json } = await post('anything', formOf({ name: 'file', fileName, content }))
    const { type, code, errors } = json as Problem & { readonly type: string }
    return status === 200 ? type : `${status} ${code} ${errors?.[0]?.code}`
  }
  const refused = async (content: Buffer | string, fileName = 'cat.png') =>
    refusal(title, { name: 'picture', fileName, content })
  const notes = (content: Buffer | string): Promise<string> =>
    refusal(title, picture, { name: 'notes', fileName: 'n', content })
  const verdict = async (body: Buffer, type = formType): Promise<string> => {
    const { status, json } = await post('look', body, { 'content-type': type })
    return `${status} ${(json as Problem).code}`
  }

  const judged = async (content: Buffer, fileName: string) => {
    const { json } = await post('anything', formOf({ name: 'file', fileName, content }))
    const { start, isSmall, isText } = json as Readonly<Record<string, unknown>>
    return [start, isSmall, isText]
  }

  before(async () => {
    directory = await temporaryDirectory()
    storage = new LocalFileStorage({ directory: directory.path })
    service = await serve({ viewSets: [GalleryViewSet], files: storage })
  })
  after(async () => {
    await service?.close()
    await directory?.remove()
  })
  afterEach(async () => expect(await directory.files()).to.deep.equal([]))

  it('are given to the action with the texts of the form, by their types', async () => {
    const { status, json } = await look(
      title,
      { name: 'stars', content: '4' },
      { name: 'shown', content: 'true' },
      { name: 'tags', content: 'one' },
      { name: 'tags', content: 'two' },
      { ...picture, type: 'text/html' },
      { name: 'notes', fileName: 'a.txt', content: 'Grüße' },
      { name: 'notes', fileName: 'b.json', content: '{"a":1}' },
    )
    const sha256 = createHash('sha256').update(png()).digest('hex')
    const { notes, ...rest } = json as { readonly notes: readonly { readonly name: string; readonly type: string }[] }
    expect(status).to.equal(200)
    expect(rest).to.deep.equal({
      body: { title: 'A cat', stars: 4, shown: true, tags: ['one', 'two'] },
      picture: { field: 'picture', name: 'cat.png', type: 'image/png', size: png().length, sha256 },
    })
    expect(notes.map(({ name, type }) => [name, type])).to.have.deep.members([
      ['a.txt', 'text/plain'],
      ['b.json', 'text/plain'],
    ])
  })

  it('are kept under keys where the action stores them', async () => {
    const notes: Part = { name: 'notes', fileName: 'a.txt', content: 'kept' }
    const { status, json } = await post('keep', formOf(title, picture, notes))
    const { keys } = json as { readonly keys: readonly [string, string] }
    expect([status, keys.length]).to.deep.equal([200, 2])
    expect((await storage.get(keys[0]))?.size).to.equal(png().length)
    expect(await text(await (await storage.get(keys[1]))!.open())).to.equal('kept')
    expect(await directory.files()).to.have.length(2)
    for (const key of keys) await storage.delete(key)
  })

  it('take any content where any will do, and say what it is', async () => {
    expect(await send(Buffer.from([1, 2, 3]))).to.equal('application/octet-stream')
    expect(await send('')).to.equal('text/plain')
    expect(await send('text')).to.equal('text/plain')
    expect(await send(png())).to.equal('image/png')
    expect(await send(Buffer.alloc(200_000, 'a'))).to.equal('text/plain')
    expect(await send(Buffer.concat([Buffer.alloc(100_000, 'a'), Buffer.alloc(100_000)]))).to.equal(
      'application/octet-stream',
    )
    expect(await send('text', 'a.exe')).to.equal('422 FILE_REFUSED fileExtension')
    expect(await send('text', 'a.php.txt')).to.equal('422 FILE_REFUSED fileExtension')
  })

  it('are files to validators', async () => {
    expect(await judged(Buffer.from('small'), 'a.txt')).to.deep.equal(['small', true, true])
    expect(await judged(Buffer.alloc(200_000, 'a'), 'a.bin')).to.deep.equal(['a'.repeat(20), false, false])
  })

  it('are told by what is behind a long title, where they are sound', async () => {
    const { json } = await post('anything', formOf({ name: 'file', fileName: 'a.bin', content: mp3(100_000) }))
    expect((json as { readonly type: string }).type).to.equal('audio/mpeg')
  })

  it('are refused for what they hold, whatever they are called', async () => {
    const byContent = '422 FILE_REFUSED #/picture fileContent'
    expect(await refused('<script>alert(1)</script>')).to.equal(byContent)
    expect(await refused(zip('a.txt', Buffer.from('a')))).to.equal(byContent)
    expect(await refused(Buffer.alloc(200_000))).to.equal(byContent)
    expect(await refused(png().subarray(0, 4))).to.equal(byContent)
    // The name and the content disagree.
    expect(await refused(png(), 'cat.gif')).to.equal(byContent)
    expect(await refused(png(), 'cat')).to.equal(byContent)
    expect(await refused('')).to.equal('422 FILE_REFUSED #/picture fileSize')
  })

  it('take text only if all of it is text', async () => {
    const byContent = '422 FILE_REFUSED #/notes fileContent'
    expect(await notes('<!DOCTYPE html><p>')).to.equal(byContent)
    expect(await notes(`${' '.repeat(100_000)}<html>`)).to.equal(byContent)
    expect(await notes(Buffer.concat([Buffer.alloc(100_000, 'a'), Buffer.from([0xff])]))).to.equal(byContent)
    expect(await notes(`${'a'.repeat(100_000)}\u0000`)).to.equal(byContent)
    expect(await notes(Buffer.from('Grü', 'utf8').subarray(0, 3))).to.equal(byContent)
    expect(await notes(`${'a'.repeat(65_535)}üüü`)).to.match(/^200/)
  })

  it('tell an archive by its first bytes, or where it is long by the whole', async () => {
    const small = await look(title, picture, { name: 'notes', fileName: 'n', content: zip('a', Buffer.from('a')) })
    const large = await look(title, picture, { name: 'notes', fileName: 'n', content: zip('a', Buffer.alloc(300_000)) })
    for (const { json } of [small, large]) {
      expect((json as { readonly notes: readonly { readonly type: string }[] }).notes[0]?.type).to.equal(
        'application/zip',
      )
    }
  })

  it('are what their signature says, also where they are something else besides', async () => {
    // A picture that is a script as well: it is kept and given back as a picture, never as anything else.
    const gif = Buffer.from('GIF89a/*\u0001\u0000*/=1;alert(1)//<script>alert(1)</script>', 'latin1')
    const { json } = await look(title, { name: 'picture', fileName: 'cat.gif', content: gif })
    expect((json as { readonly picture: { readonly type: string } }).picture.type).to.equal('image/gif')
    const hidden = Buffer.concat([png(), zip('a.jar', Buffer.from('a'))])
    expect((await look(title, { ...picture, content: hidden })).status).to.equal(200)
  })

  it('have names that deceive nobody', async () => {
    const nameOf = async (fileName: string): Promise<unknown> => {
      const { json, status } = await look(title, { ...picture, fileName })
      return status === 200
        ? (json as { readonly picture: { readonly name: string } }).picture.name
        : (json as Problem).code
    }
    expect(await nameOf('../../../etc/cat.png')).to.equal('cat.png')
    expect(await nameOf('C:\\\\Users\\\\ada\\\\cat.png')).to.equal('cat.png')
    expect(await nameOf('c\u0000at.png')).to.be.oneOf(['cat.png', 'MALFORMED_BODY', 'VALIDATION_ERROR'])
    expect(await nameOf('cat\u202Egnp.exe.png')).to.equal('catgnp.exe.png')
    expect(await nameOf('con.png')).to.equal('_con.png')
    expect(await nameOf('a:b.png')).to.equal('a_b.png')
    expect(await nameOf('.png')).to.equal('.png')
    expect(await nameOf(`${'n'.repeat(300)}.png`)).to.equal(`${'n'.repeat(251)}.png`)
    expect(await nameOf('Ünïcödé 漢字 👍.png')).to.equal('Ünïcödé 漢字 👍.png')
    expect(await refusal(title, { ...picture, fileName: `${'n'.repeat(2000)}.png` })).to.equal(
      '400 VALIDATION_ERROR #/picture fileName',
    )
  })

  it('are counted, and must be there', async () => {
    const note: Part = { name: 'notes', fileName: 'n', content: 'n' }
    expect(await refusal(title, picture, picture)).to.equal('400 VALIDATION_ERROR #/picture fileCount')
    expect(await refusal(title, picture, note, note, note, note)).to.equal('400 VALIDATION_ERROR #/notes fileCount')
    expect(await refusal(title)).to.equal('400 VALIDATION_ERROR #/picture required')
    // What a browser sends where no file was chosen.
    expect(await refusal(title, { name: 'picture', fileName: '', content: '' })).to.equal(
      '400 VALIDATION_ERROR #/picture required',
    )
    expect(await refusal(title, picture, { name: 'notes', fileName: '', content: '' })).to.match(/^200/)
    expect(await refusal(title, { name: 'picture', fileName: '', content: 'x' })).to.equal(
      '400 VALIDATION_ERROR #/picture fileName',
    )
  })

  it('come with texts that are checked as a body is', async () => {
    expect(await refusal(picture)).to.match(/^400 VALIDATION_ERROR #\/title/)
    expect(await refusal(picture, title, { name: 'stars', content: '9' })).to.equal('400 VALIDATION_ERROR #/stars max')
    expect(await refusal(picture, title, { name: 'stars', content: '0x4' })).to.equal(
      '400 VALIDATION_ERROR #/stars number',
    )
    expect(await refusal(picture, title, title)).to.equal('400 VALIDATION_ERROR #/title repeated')
    expect(await refusal(picture, title, { name: 'other', content: '' })).to.equal(
      '400 VALIDATION_ERROR #/other unknown_field',
    )
    expect(await refusal(title, { ...picture, name: 'other' })).to.equal('400 VALIDATION_ERROR #/other unknown_field')
    expect(await refusal(title, { name: 'picture', content: 'text' })).to.equal('400 VALIDATION_ERROR #/picture file')
    expect(await refusal(picture, { name: '__proto__', content: 'x' }, title)).to.equal(
      '400 VALIDATION_ERROR #/__proto__ unknown_field',
    )
  })

  it('are bounded one by one and together', async () => {
    const most = png(1024 * 1024 - png().length)
    expect(await refusal(title, { ...picture, content: most })).to.match(/^200/)
    expect(await refusal(title, { ...picture, content: Buffer.concat([most, Buffer.alloc(1)]) })).to.equal(
      '413 PAYLOAD_TOO_LARGE #/picture fileSize',
    )
    expect(await refusal(picture, { name: 'title', content: 'x'.repeat(102_401) })).to.equal('413 PAYLOAD_TOO_LARGE')
    const all = formOf(title, { ...picture, content: Buffer.alloc(5 * 1024 * 1024) })
    expect((await post('look', all)).status).to.equal(413)
    const many = Array.from({ length: 150 }, (_, index) => ({ name: 'tags', content: String(index) }))
    expect(await refusal(...many, title, picture)).to.equal('400 MALFORMED_BODY')
  })

  it('must be sent as a form, uncompressed', async () => {
    const json = await service.send('POST', '/gallery/look', { title: 'x' })
    expect([json.status, json.headers.get('accept-post')]).to.deep.equal([415, 'multipart/form-data'])
    expect((await post('look', formOf(title, picture), { 'content-encoding': 'gzip' })).status).to.equal(415)
    const without = await post('look', formOf(title, picture), { 'content-type': 'multipart/form-data' })
    expect([without.status, (without.json as Problem).code]).to.deep.equal([400, 'MALFORMED_BODY'])
    const nothing = await service.ask('POST', '/gallery/look', {})
    expect(nothing.status).to.equal(400)
  })

  it('are refused where the form is not well-formed', async () => {
    const whole = formOf(title, picture)
    expect(await verdict(whole, 'multipart/form-data; boundary=another')).to.equal('400 MALFORMED_BODY')
    expect(await verdict(Buffer.from('no form at all'))).to.equal('400 MALFORMED_BODY')
    const cuts = Array.from({ length: 40 }, (_, index) => Math.floor((whole.length * index) / 40)).filter(Boolean)
    for (const cut of cuts) expect(await verdict(whole.subarray(0, cut)), `cut at ${cut}`).to.match(/^400 /)
    expect(await verdict(Buffer.concat([Buffer.from('preamble\r\n'), whole, Buffer.from('epilogue')]))).to.match(/^200/)
  })
})
