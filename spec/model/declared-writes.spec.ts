import { expect } from 'chai'
import { column, defineTrait, Mistakes, Registry, type Rules } from '../../src/index.js'

const makes = (name: string, rules: Rules, after: readonly string[] = []) =>
  defineTrait({ name, defaults: {}, after, rules: () => rules })

const Stamps = makes('Stamps', { update: { sets: ['stamp'], set: () => ({ stamp: 1 }) } })
const Marks = makes('Marks', { update: { sets: ['mark', 'stamp'], set: () => ({ mark: 2, stamp: 2 }) } })
const Hides = makes('Hides', { delete: { sets: ['stamp'], set: () => ({ stamp: 3 }) } })
const Shows = makes('Shows', { enter: { sets: ['stamp'] }, leave: { sets: ['stamp'] } })
const Over = makes('Over', { update: { sets: ['stamp'], overrides: ['stamp'] } }, ['Stamps'])
const Unordered = makes('Unordered', { update: { sets: ['stamp'], overrides: ['stamp'] } })

const Tabled = defineTrait({ name: 'Tabled', defaults: {}, tables: () => ({ log: { at: column.timestamp() } }) })

function mistakesOf(entity: new () => object): readonly string[] {
  const mistakes = new Mistakes()
  expect(new Registry([entity], mistakes).has(entity)).to.equal(true)
  return mistakes.found.map(({ code, problem, places }) => {
    const traits = places.map((place) => place.split(' ')[0])
    return `${code} ${problem} ${traits.join(' ')}`
  })
}

describe('Writes that rules declare', () => {
  it('are a mistake where two rules set one property', () => {
    @Stamps()
    @Marks()
    class Updated {}
    expect(mistakesOf(Updated)).to.deep.equal([
      'E_SET_TWICE two rules for update set "stamp", so that one of them has no effect. @Marks @Stamps',
    ])
  })

  it('are a mistake where a delete that keeps rows and an update do', () => {
    @Stamps()
    @Hides()
    class Deleted {}
    expect(mistakesOf(Deleted)).to.deep.equal([
      'E_SET_TWICE two rules for delete set "stamp", so that one of them has no effect. @Hides @Stamps',
    ])
  })

  it('may be of different kinds, or of one trait', () => {
    @Stamps()
    @Shows()
    class Different {}
    expect(mistakesOf(Different)).to.deep.equal([])
  })

  it('may override those of a trait that surely comes before', () => {
    @Stamps()
    @Over()
    class Overridden {}
    expect(mistakesOf(Overridden)).to.deep.equal([])
    @Stamps()
    @Unordered()
    class Either {}
    expect(mistakesOf(Either)).to.have.length(1)
  })
})

describe('Tables of traits', () => {
  it('need a primary column', () => {
    @Tabled()
    class Keyless {}
    expect(mistakesOf(Keyless)).to.deep.equal([
      'E_TABLE_KEY the table "log" of the trait Tabled has no primary column. @Tabled',
    ])
  })
})
