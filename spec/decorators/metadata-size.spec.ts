import { expect } from 'chai'
import * as fc from 'fast-check'
import { metadataCheck } from '../../decorators/metadata/check.js'

/** What is stored as it is: without halves of characters, null characters and numbers that are not exact. */
const member = fc.oneof(
  fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\0')),
  fc.constantFrom(
    '\u0001\u001f',
    '"\\\n',
    '\u2028',
    '😀',
    -1.7976931348623157e-300,
    Number.MIN_VALUE,
    -1e-7,
    -0,
    true,
    null,
  ),
  fc.integer(),
)
const document = fc.dictionary(
  fc.stringMatching(/^[a-zé"\n]{1,8}$/),
  fc.oneof(member, fc.array(member, { maxLength: 5 }), fc.dictionary(fc.stringMatching(/^[a-zé]{1,4}$/), member)),
  { maxKeys: 6 },
)

const codes = (value: object, maxBytes: number): readonly string[] =>
  metadataCheck({ schema: undefined, maxBytes, maxDepth: 8 })(value).map(({ code }) => code)

describe('The size of metadata', () => {
  it('is that of its JSON, to the byte, whatever it holds', () => {
    fc.assert(
      fc.property(document, (value) => {
        const bytes = Buffer.byteLength(JSON.stringify(value))
        expect(codes(value, bytes)).to.deep.equal([])
        expect(codes(value, bytes - 1)).to.deep.equal(['maxBytes'])
      }),
      { numRuns: 500 },
    )
  })

  it('is never taken for less where every character is escaped', () => {
    const value = { '\u0001': '\u0001'.repeat(50), list: ['\u001f', -1.7976931348623157e-300, false] }
    const bytes = Buffer.byteLength(JSON.stringify(value))
    for (let most = bytes - 40; most < bytes; most += 1) expect(codes(value, most)).to.deep.equal(['maxBytes'])
  })
})
