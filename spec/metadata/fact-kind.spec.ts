import { expect } from 'chai'
import { ancestry, FactKind } from 'plinth'

interface Note {
  readonly text: string
}

class Base {}
class Middle extends Base {}
class Leaf extends Middle {}

describe('FactKind', () => {
  it('keeps facts on the class they were written about', () => {
    const notes = new FactKind<Note>('spec-own')
    notes.write(Middle, { text: 'middle' })
    expect(notes.own(Middle)).to.deep.equal([{ text: 'middle' }])
    expect(notes.own(Base)).to.deep.equal([])
    expect(notes.own(Leaf)).to.deep.equal([])
  })

  it('reads the chain base class first, leaving out classes without facts', () => {
    const notes = new FactKind<Note>('spec-chain')
    notes.write(Leaf, { text: 'leaf' })
    notes.write(Base, { text: 'base' })
    expect(notes.chain(Leaf)).to.deep.equal([
      { target: Base, facts: [{ text: 'base' }] },
      { target: Leaf, facts: [{ text: 'leaf' }] },
    ])
    expect(notes.chain(Middle)).to.deep.equal([{ target: Base, facts: [{ text: 'base' }] }])
  })

  it('freezes facts and their list', () => {
    const notes = new FactKind<{ text: string }>('spec-frozen')
    notes.write(Base, { text: 'base' })
    const [fact] = notes.own(Base)
    expect(() => Object.assign(fact!, { text: 'changed' })).to.throw(TypeError)
    expect(() => (notes.own(Base) as Note[]).push({ text: 'more' })).to.throw(TypeError)
  })

  it('does not mix kinds', () => {
    const [one, other] = [new FactKind<Note>('spec-one'), new FactKind<Note>('spec-other')]
    one.write(Base, { text: 'one' })
    expect(other.own(Base)).to.deep.equal([])
  })
})

describe('ancestry', () => {
  it('lists a class and its ancestors, base class first', () => {
    expect(ancestry(Leaf)).to.deep.equal([Base, Middle, Leaf])
  })
})
