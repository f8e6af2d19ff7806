import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { expect } from 'chai'
import { validate } from 'class-validator'
import { AppException, FileSize, limitFileSize, validateFileSize } from 'plinth'
import { refusal } from '../support/refusal.js'

const megabyte = 1024 * 1024

const forms = (bytes: number): readonly unknown[] => [
  bytes,
  new Uint8Array(bytes),
  Buffer.alloc(bytes),
  new Blob([new Uint8Array(bytes)]),
  new File([new Uint8Array(bytes)], 'a.txt'),
  { buffer: Buffer.alloc(bytes), originalname: 'a.txt' },
]

async function sent(chunks: readonly number[]): Promise<{ readonly passed: number; readonly error: unknown }> {
  let passed = 0
  const bytes = Readable.from(chunks.map((length) => Buffer.alloc(length)))
  const count = async (source: AsyncIterable<Buffer>): Promise<void> => {
    for await (const chunk of source) passed += chunk.length
  }
  const error: unknown = await pipeline(bytes, limitFileSize({ maxMegabytes: 1 }), count).catch(
    (thrown: unknown) => thrown,
  )
  return { passed, error }
}

describe('validateFileSize', () => {
  const fits = validateFileSize({ maxMegabytes: 1 })

  it('counts the bytes there are, in any form a file comes in', () => {
    for (const form of forms(megabyte)) expect(fits(form)).to.equal(true)
    for (const form of forms(megabyte + 1)) expect(fits(form)).to.equal(false)
    for (const form of forms(1)) expect(fits(form)).to.equal(true)
    for (const form of forms(0)) expect(fits(form)).to.equal(false)
    for (const form of forms(0)) expect(validateFileSize({ maxMegabytes: 1, allowEmpty: true })(form)).to.equal(true)
  })

  it('believes no declared size', () => {
    expect(fits({ buffer: Buffer.alloc(megabyte + 1), size: 1 })).to.equal(false)
    expect(fits({ buffer: Buffer.alloc(1), size: 10 * megabyte })).to.equal(true)
    expect(fits({ size: 1, path: '/etc/passwd' })).to.equal(false)
  })

  it('says no of what is no file', () => {
    for (const value of [
      undefined,
      null,
      'a',
      true,
      {},
      [],
      [1],
      1n,
      -1,
      0.5,
      Number.NaN,
      { buffer: 'a' },
      { buffer: [1] },
    ]) {
      expect(fits(value)).to.equal(false)
    }
  })

  it('has fractions of a megabyte', () => {
    const half = validateFileSize({ maxMegabytes: 0.5 })
    expect([half(megabyte / 2), half(megabyte / 2 + 1)]).to.deep.equal([true, false])
  })

  it('tells the bounds, and states them in its schema', () => {
    expect(fits.complaints(megabyte + 1)).to.deep.equal([
      {
        pointer: '#',
        code: 'fileSize',
        message: 'must be a file of at most 1 MB that is not empty',
        params: { minBytes: 1, maxBytes: megabyte },
      },
    ])
    expect(fits.schema).to.deep.equal({
      anyOf: [
        { type: 'string', format: 'binary', minLength: 1, maxLength: megabyte },
        { type: 'integer', minimum: 1, maximum: megabyte },
      ],
    })
    expect(validateFileSize({ maxMegabytes: 2, allowEmpty: true }).message).to.equal('must be a file of at most 2 MB')
  })

  it('refuses a limit that is none', () => {
    for (const maxMegabytes of [0, -1, Number.NaN, Number.POSITIVE_INFINITY, 1e-9, 1e12, undefined, '5']) {
      const message = refusal('E_VALIDATOR_OPTIONS', () => validateFileSize({ maxMegabytes: maxMegabytes as number }))
      expect(message).to.equal(
        `A file size is limited by a positive number of megabytes, as in { maxMegabytes: 5 }, not by ${maxMegabytes}.`,
      )
    }
  })

  it('is a decorator', async () => {
    class Upload {
      @FileSize({ maxMegabytes: 1 }) readonly avatar: unknown

      constructor(avatar: unknown) {
        this.avatar = avatar
      }
    }
    expect(await validate(new Upload(Buffer.alloc(1)))).to.deep.equal([])
    const [complaint] = await validate(new Upload(Buffer.alloc(0)))
    expect(complaint!.constraints).to.deep.equal({
      fileSize: 'avatar must be a file of at most 1 MB that is not empty',
    })
  })
})

describe('limitFileSize', () => {
  it('passes a file on that is not too large', async () => {
    expect(await sent([megabyte / 2, megabyte / 2])).to.deep.equal({ passed: megabyte, error: undefined })
    expect(await sent([])).to.deep.equal({ passed: 0, error: undefined })
  })

  it('stops one that is, and passes nothing on from there', async () => {
    const { passed, error } = await sent([megabyte, 1, megabyte, megabyte])
    expect(passed).to.equal(megabyte)
    expect(error).to.be.instanceOf(AppException)
    expect(error).to.have.property('message', 'The file has more than 1 MB.')
    expect(error).to.deep.include({ statusCode: 413, errorCode: 'PAYLOAD_TOO_LARGE', details: { maxBytes: megabyte } })
  })

  it('refuses a limit that is none', () => {
    refusal('E_VALIDATOR_OPTIONS', () => limitFileSize({ maxMegabytes: 0 }))
  })
})
