import { expect } from 'chai'
import { RecentPaths } from '../../src/helpers/recent-paths.js'

describe('Recent values by paths', () => {
  it('are told apart by every part, and by where the path ends', () => {
    const values = new RecentPaths<string>(100)
    const paths = [[], ['a'], ['a', 'b'], ['ab'], ['a', 1], ['a', '1'], ['b', 'a']]
    for (const path of paths) values.set(path, JSON.stringify(path))
    expect(paths.map((path) => values.get(path))).to.deep.equal(paths.map((path) => JSON.stringify(path)))
    expect(values.get(['b'])).to.equal(undefined)
    expect(values.get(['a', 'b', 'c'])).to.equal(undefined)
  })

  it('are forgotten that were not asked for longest', () => {
    const values = new RecentPaths<number>(10)
    for (let index = 1; index < 100; index++) {
      values.set(['key', index], index)
      // Asked for each time, so that it is never forgotten.
      expect(values.get(['key', 1])).to.equal(1)
    }
    expect([99, 98, 97, 50].map((index) => values.get(['key', index]))).to.deep.equal([99, 98, 97, undefined])
    const kept = Array.from({ length: 100 }, (_, index) => values.get(['key', index])).filter((one) => one)
    expect(kept).to.have.lengthOf.at.most(10)
  })

  it('are no more than there may be', () => {
    const values = new RecentPaths<number>(2)
    for (const index of [1, 2, 3]) values.set(['key', index], index)
    expect(values.get(['key', 1])).to.equal(undefined)
    expect(values.get(['key', 3])).to.equal(3)
  })

  it('are not forgotten for paths that nothing is known of', () => {
    const values = new RecentPaths<number>(10)
    values.set(['key'], 1)
    for (let index = 0; index < 100; index++) expect(values.get(['other', index])).to.equal(undefined)
    expect(values.get(['key'])).to.equal(1)
  })

  it('are replaced without taking the place of another', () => {
    const values = new RecentPaths<number>(4)
    values.set(['one'], 1)
    for (let index = 0; index < 10; index++) values.set(['two'], index)
    expect([values.get(['one']), values.get(['two'])]).to.deep.equal([1, 9])
  })
})
