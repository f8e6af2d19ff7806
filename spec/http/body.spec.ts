import { once } from 'node:events'
import { Readable } from 'node:stream'
import { deflateSync, gzipSync } from 'node:zlib'
import { expect } from 'chai'
import { AppException, type BodySource, defaultLimits, readJsonBody, requireObject } from 'plinth'
import { describeWithData } from '../support/shared-data.js'

/** What the reader of bodies sees of a request. */
function sourceOf(bytes: Buffer, headers: Readonly<Record<string, string>> = {}, method = 'POST'): BodySource {
  const all: Readonly<Record<string, string>> = {
    'content-type': 'application/json',
    'content-length': String(bytes.length),
    ...headers,
  }
  // Two pieces, so that what is cut between them has to be put together again.
  const middle = Math.floor(bytes.length / 2)
  const pieces = [bytes.subarray(0, middle), bytes.subarray(middle)].filter(({ length }) => length > 0)
  const request = Object.assign(Readable.from(pieces, { objectMode: false }), { headers: all, method })
  return { method, request: request as unknown as BodySource['request'], header: (name) => all[name] }
}

const read = (bytes: Buffer | string, headers?: Readonly<Record<string, string>>, method?: string): Promise<unknown> =>
  readJsonBody(sourceOf(Buffer.from(bytes as string), headers, method), defaultLimits)

/** The status and code of what refuses a body, or `taken`. */
async function verdict(reading: Promise<unknown>): Promise<string> {
  try {
    await reading
    return 'taken'
  } catch (error) {
    if (error instanceof AppException) return `${error.statusCode} ${error.errorCode}`
    throw error
  }
}

/** The headers of what refuses a body of another type. */
const headersOf = async (method: string): Promise<unknown> => {
  const error = await read('{}', { 'content-type': 'x/y' }, method).catch((thrown: unknown) => thrown)
  return (error as AppException).headers
}

describe('Reading a JSON body', () => {
  it('gives the value that was sent, the last of members with one name', async () => {
    expect(await read('{"a":1,"b":[null,"é"],"a":2}')).to.deep.equal({ a: 2, b: [null, 'é'] })
  })

  it('gives nothing for a request without a body', async () => {
    expect(await readJsonBody(sourceOf(Buffer.alloc(0), {}), defaultLimits)).to.equal(undefined)
    expect(await read('', { 'transfer-encoding': 'chunked' })).to.equal(undefined)
  })

  it('ignores a byte order mark', async () => {
    expect(await read('\uFEFF{"a":1}')).to.deep.equal({ a: 1 })
  })

  const types: readonly (readonly [string, string, string])[] = [
    ['POST', 'application/json', 'taken'],
    ['POST', 'Application/JSON; charset=UTF-8', 'taken'],
    ['POST', 'application/json;charset="utf-8"', 'taken'],
    ['POST', 'application/json; charset=latin1', '415 UNSUPPORTED_MEDIA_TYPE'],
    ['POST', 'application/merge-patch+json', '415 UNSUPPORTED_MEDIA_TYPE'],
    ['POST', 'application/vnd.api+json', '415 UNSUPPORTED_MEDIA_TYPE'],
    ['POST', 'text/plain', '415 UNSUPPORTED_MEDIA_TYPE'],
    ['POST', '', '415 UNSUPPORTED_MEDIA_TYPE'],
    ['PATCH', 'application/json', 'taken'],
    ['PATCH', 'application/merge-patch+json', 'taken'],
    ['PATCH', 'application/json-patch+json', '415 UNSUPPORTED_MEDIA_TYPE'],
  ]
  for (const [method, type, expected] of types) {
    it(`of type "${type}" with ${method}: ${expected}`, async () => {
      expect(await verdict(read('{}', { 'content-type': type }, method))).to.equal(expected)
    })
  }

  it('says which types it takes', async () => {
    const both = 'application/json, application/merge-patch+json'
    expect(await headersOf('POST')).to.deep.equal({ accept: 'application/json', 'accept-post': 'application/json' })
    expect(await headersOf('PUT')).to.deep.equal({ accept: 'application/json' })
    expect(await headersOf('PATCH')).to.deep.equal({ accept: both, 'accept-patch': both })
  })

  it('decompresses gzip up to the limit, and nothing else', async () => {
    const gzip = { 'content-encoding': 'gzip' }
    expect(await read(gzipSync('{"a":1}'), gzip)).to.deep.equal({ a: 1 })
    expect(await verdict(read(gzipSync(`"${'x'.repeat(200_000)}"`), gzip))).to.equal('413 PAYLOAD_TOO_LARGE')
    expect(await verdict(read('{"a":1}', gzip))).to.equal('400 MALFORMED_BODY')
    expect(await verdict(read(deflateSync('{}'), { 'content-encoding': 'deflate' }))).to.equal(
      '415 UNSUPPORTED_MEDIA_TYPE',
    )
  })

  it('takes as many bytes as the limit says, announced or not', async () => {
    const [most, more] = [102_398, 102_399].map((length) => `"${'x'.repeat(length)}"`) as [string, string]
    expect(await read(most)).to.have.length(102_398)
    expect(await verdict(read(more))).to.equal('413 PAYLOAD_TOO_LARGE')
    expect(await verdict(read(more, { 'content-length': '1' }))).to.equal('413 PAYLOAD_TOO_LARGE')
  })

  it('takes 32 levels, and not brackets in strings for levels', async () => {
    expect(await verdict(read('['.repeat(32) + ']'.repeat(32)))).to.equal('taken')
    expect(await verdict(read('['.repeat(33) + ']'.repeat(33)))).to.equal('400 BODY_TOO_DEEP')
    expect(await verdict(read('{"a":'.repeat(33)))).to.equal('400 BODY_TOO_DEEP')
    expect(await read(`["${'['.repeat(40)}\\"${'{'.repeat(40)}"]`)).to.have.length(1)
    expect(await verdict(read('[[],'.repeat(20) + '[]' + ']'.repeat(20)))).to.equal('taken')
  })

  it('takes any member that decides nothing, and no other', async () => {
    const taken = await read('{"constructor":{"bar":1},"prototype":1,"toString":"x","__proto":1}')
    expect(taken).to.have.keys(['constructor', 'prototype', 'toString', '__proto'])
  })

  it('tells nothing of what was sent', async () => {
    const error = await read('{"password": canary}').catch((thrown: unknown) => thrown)
    expect((error as Error).message).to.equal('The body is not valid JSON.')
  })

  it('refuses what is cut off', async () => {
    const source = sourceOf(Buffer.from('{"a":'))
    const reading = readJsonBody(source, defaultLimits)
    source.request.destroy()
    expect(await verdict(reading)).to.equal('400 REQUEST_ABORTED')
  })

  it('says so when something else read the body already', async () => {
    const source = sourceOf(Buffer.from('{"a":1}'))
    await once(source.request.resume(), 'end')
    const error = await readJsonBody(source, defaultLimits).catch((thrown: unknown) => thrown)
    expect((error as Error).message).to.match(/^Something read the body before plinth could/)
  })

  it('wants one object where one is declared', () => {
    expect(requireObject({ a: 1 })).to.deep.equal({ a: 1 })
    for (const [body, code] of [
      [[{}], 'object'],
      ['x', 'object'],
      [null, 'object'],
      [undefined, 'required'],
    ]) {
      expect(() => requireObject(body))
        .to.throw()
        .with.deep.property('errors', [{ pointer: '#', code, message: 'must be a JSON object' }])
    }
  })
})

describeWithData('Reading the bodies of JSONTestSuite', 'json-test-suite', (data) => {
  const deep = new Set(['n_structure_100000_opening_arrays.json', 'n_structure_open_array_object.json'])

  it('takes all that is JSON and refuses all that is not', async () => {
    const wrong: string[] = []
    for (const name of data.names('test_parsing')) {
      const found = await verdict(
        readJsonBody(sourceOf(data.bytes(`test_parsing/${name}`)), { ...defaultLimits, body: 1e6 }),
      )
      const refusal = deep.has(name) ? '400 BODY_TOO_DEEP' : '400 MALFORMED_BODY'
      const bytes = data.bytes(`test_parsing/${name}`).length
      const expected = name.startsWith('y_') || (name.startsWith('n_') && bytes === 0) ? 'taken' : refusal
      if (!name.startsWith('i_') && found !== expected) wrong.push(`${name}: ${found}`)
    }
    expect(wrong).to.deep.equal([])
  })

  it('refuses what may be taken or not, unless it is well-formed text', async () => {
    const refused: string[] = []
    for (const name of data.names('test_parsing').filter((one) => one.startsWith('i_'))) {
      if ((await verdict(readJsonBody(sourceOf(data.bytes(`test_parsing/${name}`)), defaultLimits))) !== 'taken')
        refused.push(name)
    }
    expect(refused).to.deep.equal(
      [
        'i_string_UTF-16LE_with_BOM',
        'i_string_UTF-8_invalid_sequence',
        'i_string_UTF8_surrogate_U+D800',
        'i_string_invalid_utf-8',
        'i_string_iso_latin_1',
        'i_string_lone_utf8_continuation_byte',
        'i_string_not_in_unicode_range',
        'i_string_overlong_sequence_2_bytes',
        'i_string_overlong_sequence_6_bytes',
        'i_string_overlong_sequence_6_bytes_null',
        'i_string_truncated-utf-8',
        'i_string_utf16BE_no_BOM',
        'i_string_utf16LE_no_BOM',
        'i_structure_500_nested_arrays',
      ].map((name) => `${name}.json`),
    )
  })
})

describeWithData('Reading the bodies of attacks on prototypes', 'prototype-pollution', (data) => {
  const { json: payloads } = data.json('payloads.json') as { readonly json: readonly { readonly text: string }[] }

  /** Whether a value has a member that would replace a prototype where somebody merges it into another object. */
  const isDangerous = (value: unknown): boolean => {
    if (typeof value !== 'object' || value === null) return false
    const made = Object.hasOwn(value, 'constructor')
      ? (value as { readonly constructor: unknown }).constructor
      : undefined
    return (
      Object.hasOwn(value, '__proto__') ||
      (typeof made === 'object' && made !== null && Object.hasOwn(made, 'prototype')) ||
      Object.values(value).some(isDangerous)
    )
  }

  it('takes nothing that could change a prototype', async () => {
    const found = await Promise.all(payloads.map(async ({ text }) => `${text}: ${await verdict(read(text))}`))
    const expected = payloads.map(({ text }) => {
      return `${text}: ${isDangerous(JSON.parse(text)) ? '400 FORBIDDEN_MEMBER' : 'taken'}`
    })
    expect(found).to.deep.equal(expected)
    expect(found.filter((one) => one.endsWith('FORBIDDEN_MEMBER'))).to.have.length(39)
  })
})
