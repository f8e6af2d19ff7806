import { expect } from 'chai'
import { RecentMap } from '../../src/helpers/recent-map.js'

describe('Recent values', () => {
  it('are as many as there may be, and forget those that were not asked for longest', () => {
    const values = new RecentMap<number>(10)
    for (let index = 0; index < 100; index++) {
      values.set(`key ${index}`, index)
      expect(values.size).to.be.at.most(10)
      // Asked for each time, so that it is never forgotten.
      expect(values.get('key 0')).to.equal(0)
    }
    const found = Array.from({ length: 100 }, (_, index) => values.get(`key ${index}`)).filter(
      (one) => one !== undefined,
    )
    expect(found).to.include.members([0, 97, 98, 99])
    expect(found).to.have.lengthOf.at.most(10)
    expect(values.get('key 50')).to.equal(undefined)
  })

  it('are never more than there may be', () => {
    const values = new RecentMap<number>(4)
    for (let index = 0; index < 20; index++) {
      values.set(`key ${index}`, index)
      expect(values.size).to.be.at.most(4)
    }
  })

  it('are replaced and deleted', () => {
    const values = new RecentMap<number>(4)
    values.set('one', 1)
    values.set('two', 2)
    values.set('one', 3)
    expect([values.get('one'), values.get('two'), values.size]).to.deep.equal([3, 2, 2])
    values.delete('one')
    values.delete('two')
    expect([values.get('one'), values.get('two'), values.size]).to.deep.equal([undefined, undefined, 0])
  })
})
