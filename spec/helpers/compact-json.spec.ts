import { expect } from 'chai'
import { array, assert, constantFrom, jsonValue, property, string } from 'fast-check'
import { compactJson } from '../../src/helpers/compact-json.js'

const rewritten = (text: string): string | undefined => {
  try {
    return JSON.stringify(JSON.parse(text))
  } catch {
    return undefined
  }
}

/** As PostgreSQL and MySQL write documents: with a blank behind each colon and comma. */
const spaced = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(spaced).join(', ')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  return `{${Object.entries(value)
    .map(([name, one]) => `${JSON.stringify(name)}: ${spaced(one)}`)
    .join(', ')}}`
}

const lists = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth)
const objects = (depth: number): string => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`
const members = (count: number): string =>
  JSON.stringify(Object.fromEntries(Array.from({ length: count }, (_, index) => [`a${index}`, index])))

describe('compactJson', () => {
  it('knows plain documents', () => {
    const documents = [
      {},
      [],
      { views: 12, tags: ['a', 'b'] },
      { a: { b: [true, false, null, -1.5, 0.000001] } },
      'é',
      'a b ﬁ\uffff',
      12,
      -9,
      0,
      null,
      123456789012345,
      123456789.012345,
    ]
    const texts = documents.map((one) => JSON.stringify(one))
    expect(texts.map(compactJson)).to.deep.equal(texts)
    expect(documents.map(spaced).map(compactJson)).to.deep.equal(texts)
  })

  it('knows documents of 32 levels and members at most', () => {
    for (const form of [lists, objects, members]) {
      expect(compactJson(form(32)), form(32)).to.equal(form(32))
      expect(compactJson(form(33)), form(33)).to.equal(undefined)
    }
  })

  it('does not guess what is written in another way', () => {
    const numbers = [
      '1.50',
      '1e3',
      '-0',
      '01',
      '1.',
      '0.0000001',
      '12345678901234567',
      '1E2',
      '.5',
      '-',
      '1.5e3',
      '[1e3]',
    ]
    const long = ['1234567890123456', '1234567890123.1234', '1234567890.123456']
    const members = [
      '{"a":1,"a":2}',
      '{"b":1,"1":2}',
      '{"a":1',
      '{"a" :1}',
      '{"a":}',
      '{1:2}',
      '{:1}',
      '{"b":1,"9":2}',
      '{"a"',
      '{"a":',
      '{',
    ]
    const strings = ['"\\u0041"', '"\\/"', '"\ud800"', '"\udfff"', '"a', '"', '"\n"']
    const lists = ['[1,]', '[1]]', '[1 ,2]', '[1,  2]', `${'['.repeat(40)}${']'.repeat(40)}`]
    const texts = [...numbers, ...long, ...members, ...strings, ...lists, '', ' 1', 'nul', 'True']
    expect(texts.filter((text) => compactJson(text) !== undefined)).to.deep.equal([])
  })

  it('gives what JSON.stringify writes of any document, or nothing', () => {
    assert(
      property(jsonValue({ maxDepth: 4 }), (value) => {
        for (const text of [JSON.stringify(value), spaced(value), JSON.stringify(value, null, 1)]) {
          expect(compactJson(text)).to.be.oneOf([undefined, rewritten(text)])
        }
      }),
      { numRuns: 500 },
    )
  })

  it('takes no text for a document that is none', () => {
    const pieces = constantFrom(...'{}[]:, ".-e01259'.split(''), '"a"', '"b"', '"a":', 'true', 'null', '\\', '\n')
    assert(
      property(array(pieces, { maxLength: 9 }), string({ maxLength: 2 }), (some, end) => {
        const text = some.join('') + end
        expect(compactJson(text)).to.be.oneOf([undefined, rewritten(text)])
      }),
      { numRuns: 5000 },
    )
  })
})
