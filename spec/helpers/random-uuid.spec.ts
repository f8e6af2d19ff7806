import { expect } from 'chai'
import { validateUuid } from 'plinth'
import { quickUuid } from '../../src/helpers/random-uuid.js'

describe('quickUuid', () => {
  it('makes random UUIDs, each of them once, in any number', () => {
    const made = Array.from({ length: 1000 }, quickUuid)
    expect(made.filter((one) => !validateUuid(one, { version: 4 }))).to.deep.equal([])
    expect(new Set(made).size).to.equal(1000)
  })

  it('leaves every other digit to chance', () => {
    const made = Array.from({ length: 2000 }, quickUuid)
    const digitsAt = Array.from({ length: 36 }, (_, place) => new Set(made.map((one) => one[place])).size)
    const expected = Array.from({ length: 36 }, (_, place) => {
      if ([8, 13, 18, 23, 14].includes(place)) return 1
      return place === 19 ? 4 : 16
    })
    expect(digitsAt).to.deep.equal(expected)
  })
})
