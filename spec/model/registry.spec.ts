import { expect } from 'chai'
import { column, DefinitionError, defineTrait, describeModel, isNull, orderingOf, Registry } from 'plinth'

const Titled = defineTrait({
  name: 'Titled',
  defaults: { length: 80 },
  columns: ({ length }) => ({ title: column.string({ length }) }),
})

const Hideable = defineTrait({
  name: 'Hideable',
  defaults: {},
  columns: () => ({ hiddenAt: column.timestamp({ nullable: true }) }),
  scopes: () => ({ shown: { where: isNull('hiddenAt'), default: true } }),
  views: () => ({ withHidden: { without: ['shown'] } }),
  rules: () => ({ delete: { set: ({ now }) => ({ hiddenAt: now }) } }),
  verbs: () => ({ show: { without: ['shown'], set: () => ({ hiddenAt: null }) } }),
})

const Ranked = defineTrait({
  name: 'Ranked',
  defaults: {},
  columns: () => ({ rank: column.integer() }),
  ordering: () => orderingOf(['rank']),
})

const failureOf = (work: () => unknown): DefinitionError => {
  try {
    work()
  } catch (error) {
    if (error instanceof DefinitionError) return error
    throw error
  }
  throw new Error('Nothing was thrown.')
}

describe('Registry', () => {
  it('compiles every part of every trait, with its contributor', () => {
    @Hideable()
    @Titled({ length: 20 })
    class Article {
      title!: string
      hiddenAt!: Date | null
    }
    const { traits, ...description } = describeModel(new Registry([Article]).model(Article))
    expect(traits.map(({ name, declaredOn }) => [name, declaredOn])).to.deep.equal([
      ['Hideable', 'Article'],
      ['Titled', 'Article'],
    ])
    expect(description).to.deep.equal({
      deletions: {},
      relationLooks: {},
      entity: 'Article',
      columns: {
        hiddenAt: { type: 'timestamp', nullable: true, contributor: 'Hideable' },
        title: { type: 'string', length: 20, contributor: 'Titled' },
      },
      indexes: [],
      scopes: { shown: { where: 'hiddenAt is null', default: true, contributor: 'Hideable' } },
      views: { withHidden: { without: ['shown'], contributor: 'Hideable' } },
      ordering: [],
      rules: { insert: [], update: [], delete: ['Hideable'], enter: [], leave: [], written: [], linked: [] },
      tables: {},
      verbs: { show: { input: {}, without: ['shown'], contributor: 'Hideable' } },
    })
  })

  it('gives the same model whatever the order of the decorators', () => {
    @Hideable()
    @Titled()
    class One {
      title!: string
      hiddenAt!: Date | null
    }
    @Titled()
    @Hideable()
    class Other {
      title!: string
      hiddenAt!: Date | null
    }
    const registry = new Registry([One, Other])
    const described = [One, Other].map((entity) => {
      const { entity: _name, traits: _traits, ...rest } = describeModel(registry.model(entity))
      return JSON.stringify(rest)
    })
    expect(described[0]).to.equal(described[1])
  })

  it('compiles the base class first and lets the nearest declaration win', () => {
    @Titled({ length: 10 })
    @Ranked()
    abstract class Base {
      title!: string
      rank!: number
    }
    @Titled({ length: 99 })
    class Leaf extends Base {}
    class Plain extends Base {}
    const registry = new Registry([Leaf, Plain])
    expect(registry.model(Leaf).columns['title']?.length).to.equal(99)
    expect(registry.model(Plain).columns['title']?.length).to.equal(10)
    expect(registry.model(Leaf).ordering.map(({ property }) => property)).to.deep.equal(['rank'])
    expect(registry.model(Leaf).traits.map(({ trait, declaredOn }) => [trait, declaredOn.name])).to.deep.equal([
      ['Ranked', 'Base'],
      ['Titled', 'Leaf'],
    ])
  })

  it('never lets a subclass leak into its base or its sibling', () => {
    @Titled()
    class Base {
      title!: string
    }
    @Hideable()
    class Leaf extends Base {
      hiddenAt!: Date | null
    }
    const registry = new Registry([Base, Leaf])
    expect(Object.keys(registry.model(Base).columns)).to.deep.equal(['title'])
    expect(Object.keys(registry.model(Leaf).columns)).to.deep.equal(['hiddenAt', 'title'])
  })

  it('orders rules by what traits ask to come after, then by name', () => {
    const rule = { update: { set: () => ({}) } }
    const Late = defineTrait({ name: 'ALate', defaults: {}, after: ['Zulu'], rules: () => rule })
    const Zulu = defineTrait({ name: 'Zulu', defaults: {}, rules: () => rule })
    const Bravo = defineTrait({ name: 'Bravo', defaults: {}, rules: () => rule })
    @Late()
    @Zulu()
    @Bravo()
    class Article {}
    const { update } = new Registry([Article]).model(Article).rules
    expect(update.map(({ contributor }) => contributor.trait)).to.deep.equal(['Bravo', 'Zulu', 'ALate'])
  })

  it('freezes models through and through', () => {
    @Hideable()
    class Article {
      hiddenAt!: Date | null
    }
    const model = new Registry([Article]).model(Article)
    const parts = [model, model.columns, model.scopes, model.verbs, model.views, model.rules, model.rules.delete]
    expect(parts.every((part) => Object.isFrozen(part))).to.equal(true)
    expect(Object.isFrozen(model.columns['hiddenAt'])).to.equal(true)
  })

  it('belongs to one application: registries over the same class share no model', () => {
    @Titled()
    class Article {
      title!: string
    }
    const [one, other] = [new Registry([Article]), new Registry([Article])]
    expect(one.model(Article)).not.to.equal(other.model(Article))
    expect(one.model(Article).columns).to.deep.equal(other.model(Article).columns)
  })

  it('names the entities it knows when it is asked for another', () => {
    class Known {}
    class Unknown {}
    expect(failureOf(() => new Registry([Known]).model(Unknown)).message).to.equal(
      [
        'Unknown: is used as an entity, but the application was not given it.',
        'Add it to `entities`. Known are: Known.',
        '[E_UNKNOWN_ENTITY]',
      ].join('\n'),
    )
  })

  it('reports every mistake of every entity at once, with code, places and remedy', () => {
    const Twin = defineTrait({ name: 'Twin', defaults: {}, columns: () => ({ title: column.string() }) })
    const Needy = defineTrait({ name: 'Needy', defaults: {}, requires: ['Absent'] })
    const First = defineTrait({ name: 'First', defaults: {}, after: ['Second'] })
    const Second = defineTrait({ name: 'Second', defaults: {}, after: ['First'] })
    const Picky = defineTrait({
      name: 'Picky',
      defaults: { size: 1 },
      verify: (_, { size }) => `${size} is too small.`,
    })
    const Strict = defineTrait({
      name: 'Strict',
      defaults: {},
      scopes: () => ({ mine: { where: isNull('title'), default: true, locked: true } }),
      views: () => ({ open: { without: ['mine'] } }),
      verbs: () => ({ lift: { without: ['nothing'] } }),
    })
    const Deaf = defineTrait({ name: 'Deaf', defaults: {}, inputs: () => ({ hear: { what: column.string() } }) })
    const Sorted = defineTrait({ name: 'Sorted', defaults: {}, ordering: () => orderingOf(['title']) })

    @Titled()
    @Twin()
    class Clash {
      title!: string
    }
    @Titled()
    @Titled({ length: 3 })
    class Twice {
      title!: string
    }
    @Needy()
    @Picky()
    class Lonely {}
    @First()
    @Second()
    class Circle {}
    @Strict()
    class Locked {}
    @Deaf()
    class Inputs {}
    @Ranked()
    @Sorted()
    class TwoOrders {
      rank!: number
    }

    const error = failureOf(() => new Registry([Clash, Twice, Lonely, Circle, Locked, Inputs, TwoOrders]))
    expect(error.mistakes.map(({ subject, code }) => `${subject} ${code}`)).to.deep.equal([
      'Clash E_NAME_TAKEN',
      'Twice E_TRAIT_TWICE',
      'Lonely E_TRAIT_MISSING',
      'Lonely E_TRAIT_OPTIONS',
      'Circle E_TRAIT_ORDER',
      'Locked E_UNKNOWN_SCOPE',
      'Locked E_UNKNOWN_SCOPE',
      'Inputs E_UNKNOWN_VERB',
      'TwoOrders E_ORDERING_TAKEN',
    ])
    const [clash] = error.message.split('\n\n')
    expect(clash).to.match(
      /^Clash: two traits declare the column "title"\.\n {2}@Titled at spec\/model\/registry\.spec\.ts:\d+:\d+\n {2}@Twin at spec\/model\/registry\.spec\.ts:\d+:\d+\nKeep one of them\.\n\[E_NAME_TAKEN\]$/,
    )
    expect(error.mistakes[3]?.problem).to.equal('1 is too small.')
    expect(error.mistakes[5]?.problem).to.equal('the view "open" removes the scope "mine", which is locked.')
    expect(error.mistakes[6]?.problem).to.equal('the verb "lift" removes the scope "nothing", which does not exist.')
  })

  it('points at the line of the decorator', () => {
    const line = Number(/registry\.spec\.ts:(\d+)/.exec(new Error().stack ?? '')?.[1]) + 1
    @Titled()
    class Here {
      title!: string
    }
    expect(new Registry([Here]).model(Here).traits[0]?.place).to.match(new RegExp(`registry\\.spec\\.ts:${line}:`))
  })
})
