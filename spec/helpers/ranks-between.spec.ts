import { expect } from 'chai'
import * as fc from 'fast-check'
import { isRank, ranksBetween } from 'plinth'
import { refusal } from '../support/refusal.js'

describe('Ranks', () => {
  it('are made in order between two others, and are ranks themselves', () => {
    const count = fc.integer({ min: 1, max: 5 })
    const step = fc.record({ count, at: fc.nat() })
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 30 }), (steps) => {
        let ranks: readonly string[] = []
        for (const { count, at } of steps) {
          const place = at % (ranks.length + 1)
          const made = ranksBetween(ranks[place - 1] ?? null, ranks[place] ?? null, count)
          expect(made).to.have.length(count)
          ranks = [...ranks.slice(0, place), ...made, ...ranks.slice(place)]
        }
        expect([...ranks].sort()).to.deep.equal(ranks)
        expect(new Set(ranks).size).to.equal(ranks.length)
        expect(ranks.every(isRank)).to.equal(true)
      }),
    )
  })

  it('are told from other texts', () => {
    for (const text of ['', 'i', 'i00', 'zz', 'I0', 'i0Z', 'i0Z1', 'i0-', 'ü0', ' i0', 'i0\n', '0'.repeat(19)]) {
      expect(isRank(text), JSON.stringify(text)).to.equal(false)
      for (const [low, high] of [
        [text, null],
        [null, text],
      ] as const) {
        expect(refusal('E_RANK', () => ranksBetween(low, high, 1))).to.include(`beside "${text}":`)
      }
    }
  })

  it('are not made between two that are not in order', () => {
    for (const high of ['i0', 'i1']) {
      const message = refusal('E_RANK', () => ranksBetween('i1', high, 1))
      expect(message).to.equal(`"i1" does not come before "${high}", so nothing fits between them.`)
    }
  })
})
