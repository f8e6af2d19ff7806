import { createHmac } from 'node:crypto'
import { expect } from 'chai'
import * as fc from 'fast-check'
import { safeEqual } from 'plinth'
import { describeWithData } from '../support/data.js'

describe('safeEqual', () => {
  it('says of any two texts what === says', () => {
    const text = fc.string({ unit: 'binary' })
    fc.assert(fc.property(text, text, (one, other) => safeEqual(one, other) === (one === other)))
    fc.assert(
      fc.property(
        text,
        (one) => safeEqual(one, Buffer.from(one, 'utf16le').toString('utf16le')) && !safeEqual(one, `${one}x`),
      ),
    )
  })

  it('tells texts apart that UTF-8 writes alike', () => {
    expect(safeEqual('\ud800', '\ud801')).to.equal(false)
    expect(safeEqual('\ud800', '\ufffd')).to.equal(false)
    expect(safeEqual('\ud800', '\ud800')).to.equal(true)
  })

  it('compares texts of any lengths, and neither trims nor normalises', () => {
    expect(safeEqual('', '')).to.equal(true)
    expect(safeEqual('', 'a')).to.equal(false)
    expect(safeEqual('a'.repeat(100_000), 'a'.repeat(100_001))).to.equal(false)
    expect(safeEqual('\u00e9', 'e\u0301')).to.equal(false)
    expect(safeEqual('a', 'a ')).to.equal(false)
  })

  it('says no of what is not text', () => {
    const others = [undefined, null, 0, Number.NaN, true, [], ['a'], {}, { toString: () => 'a' }, Buffer.from('a')]
    for (const other of others) {
      expect(safeEqual(other, other)).to.equal(false)
      expect(safeEqual('a', other)).to.equal(false)
      expect(safeEqual(other, 'a')).to.equal(false)
    }
  })
})

interface MacFile {
  readonly testGroups: readonly {
    readonly tagSize: number
    readonly tests: readonly {
      readonly key: string
      readonly msg: string
      readonly tag: string
      readonly result: string
    }[]
  }[]
}

describeWithData('safeEqual and the signatures of Wycheproof', 'wycheproof/testvectors_v1', (data) => {
  for (const digest of ['sha256', 'sha384', 'sha512']) {
    it(`accepts the valid HMAC-${digest} tags of 174, and none of the 108 that were changed`, () => {
      const { testGroups } = data.json<MacFile>(`hmac_${digest}_test.json`)
      const seen = { valid: 0, invalid: 0 }
      for (const { tagSize, tests } of testGroups) {
        for (const { key, msg, tag, result } of tests) {
          const own = createHmac(digest, Buffer.from(key, 'hex')).update(msg, 'hex').digest('hex')
          expect(safeEqual(own.slice(0, tagSize / 4), tag), tag).to.equal(result === 'valid')
          seen[result as 'valid' | 'invalid'] += 1
        }
      }
      expect(seen).to.deep.equal({ valid: 66, invalid: 108 })
    })
  }
})
