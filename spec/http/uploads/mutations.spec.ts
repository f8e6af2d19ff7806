import { expect } from 'chai'
import * as fc from 'fast-check'
import { LocalFileStorage } from 'plinth'
import { type Directory, temporaryDirectory } from '../../files/support/directory.js'
import { type Service, servings } from '../../support/http.js'
import { boundary, formOf, formType, png } from './support/form.js'
import { GalleryViewSet } from './support/gallery.js'

const whole = formOf(
  { name: 'title', content: 'A cat' },
  { name: 'picture', fileName: 'cat.png', content: png(), type: 'image/png' },
  { name: 'notes', fileName: 'a.txt', content: 'text' },
  { name: 'tags', content: 'one' },
)

/** What may be put somewhere into a form. */
const pieces = fc.oneof(
  fc.constantFrom(
    '\r\n',
    '\r\n\r\n',
    '--',
    `--${boundary}`,
    `\r\n--${boundary}\r\n`,
    `\r\n--${boundary}--\r\n`,
    '"',
    ';',
    'filename="x.png"',
    "filename*=UTF-8''x.png",
    'Content-Type: multipart/mixed; boundary=x\r\n',
    'Content-Transfer-Encoding: base64\r\n',
    '\0',
  ),
  fc.uint8Array({ maxLength: 8 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
)

/** Places are parts of the whole; as many bytes as told are replaced. */
const mutation = fc.record({
  at: fc.nat({ max: whole.length }),
  removed: fc.oneof(fc.constant(0), fc.nat({ max: 60 })),
  put: pieces,
})

describe('Uploads whose form is damaged', () => {
  let service: Service
  let directory: Directory

  before(async () => {
    directory = await temporaryDirectory()
    service = await servings[0]!.serve({
      viewSets: [GalleryViewSet],
      files: new LocalFileStorage({ directory: directory.path }),
    })
  })
  after(async () => {
    await service?.close()
    await directory?.remove()
  })

  it('are answered, refused or not, and leave nothing', async function () {
    this.timeout(60_000)
    const runs = Number(process.env['PLINTH_UPLOAD_RUNS'] ?? 150)
    await fc.assert(
      fc.asyncProperty(fc.array(mutation, { minLength: 1, maxLength: 4 }), async (mutations) => {
        const body = mutations.reduce(
          (bytes, { at, removed, put }) =>
            Buffer.concat([bytes.subarray(0, at), Buffer.from(put, 'latin1'), bytes.subarray(at + removed)]),
          whole,
        )
        const { status } = await service.ask('POST', '/gallery/look', {
          body: new Uint8Array(body),
          headers: { 'content-type': formType },
          signal: AbortSignal.timeout(10_000),
        })
        expect(status).to.be.oneOf([200, 400, 413, 422])
        expect(await directory.files()).to.deep.equal([])
      }),
      { numRuns: runs },
    )
    expect(service.application.active).to.equal(0)
  })
})
