import { expect } from 'chai'
import {
  type Adds,
  column,
  counterKey,
  createDataSource,
  DefinitionError,
  defineTrait,
  describeModel,
  eq,
  gt,
  increment,
  type ModelDataSource,
  named,
  not,
  Registry,
} from 'plinth'
import { StampOn } from 'plinth/decorators'
import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm'
import { type Database, describeOnEngines } from '../support/engines.js'

/**
 * A stage that rows of one kind pass: what stands in it is numbered, 1, 2, 3, and its journal says who has come in. A
 * class has as many as it has names for.
 */
function stage<const P extends string>(property: P) {
  return defineTrait({
    name: 'Stage',
    as: property,
    defaults: { open: true },
    namedColumns: () => ({
      ...named(property, column.integer({ default: 0 })),
      ...named(`${property}By`, column.text()),
      ...named(`${property}Level`, column.integer({ default: 0 })),
    }),
    scopes: () => ({ opened: { where: not(eq(property, -1)), default: true } }),
    views: () => ({
      withClosed: { without: ['opened'] },
      above: (least: number) => ({ where: gt(`${property}Level`, least) }),
    }),
    tables: () => ({ journal: { number: column.integer({ primary: true }), who: column.text() } }),
    rules: () => ({
      insert: { sets: [`${property}By`], set: (row) => ({ [`${property}By`]: row[`${property}By`] ?? property }) },
      enter: {
        sets: [property],
        locks: () => counterKey('all'),
        each: async ({ after }, context) => {
          const number = await context.next()
          await context.companion('journal').insert({ number, who: after[`${property}By`] })
          return { [property]: number }
        },
      },
    }),
    inputs: () => ({ raise: { by: column.integer() } }),
    verbs: () => ({
      raise: { set: ({ input }) => ({ [`${property}Level`]: increment(input.by) }) },
      close: { set: () => ({ [property]: -1 }) },
      reopen: { without: ['opened'], set: () => ({ [property]: 0 }) },
    }),
  })
}

const Draft = stage('draft')
const Review = stage('finalReview')

@Draft()
@Review()
@StampOn({ field: 'state', equals: 'out', stamp: 'outAt' })
@StampOn({ field: 'state', equals: 'back', stamp: 'backAt' })
@Entity()
class Paper {
  @PrimaryGeneratedColumn()
  id!: number

  @Column({ type: 'varchar', length: 20, default: '' })
  state!: string

  outAt!: Date | null
  backAt!: Date | null
}
interface Paper extends Adds<typeof Draft>, Adds<typeof Review> {}

const mistakesOf = (...classes: readonly (abstract new () => object)[]) => {
  try {
    return new Registry(classes).models.flatMap(() => [])
  } catch (error) {
    return (error as DefinitionError).mistakes
  }
}

describe('A trait several times on one class', () => {
  it('names its methods, scopes and tables as it is applied', () => {
    const { traits, views, verbs, scopes, tables, columns, rules } = describeModel(new Registry([Paper]).model(Paper))
    expect(traits.map(({ name }) => name)).to.deep.equal([
      'Stage draft',
      'Stage finalReview',
      'StampOn backAt',
      'StampOn outAt',
    ])
    expect(Object.keys(columns).join(' ')).to.equal(
      'draft draftBy draftLevel finalReview finalReviewBy finalReviewLevel backAt outAt',
    )
    expect(Object.keys(scopes)).to.deep.equal(['openedDraft', 'openedFinalReview'])
    expect(views).to.deep.equal({
      withClosedDraft: { without: ['openedDraft'], contributor: 'Stage draft' },
      aboveDraft: { parameterised: true, contributor: 'Stage draft' },
      withClosedFinalReview: { without: ['openedFinalReview'], contributor: 'Stage finalReview' },
      aboveFinalReview: { parameterised: true, contributor: 'Stage finalReview' },
    })
    expect(Object.keys(verbs)).to.deep.equal(
      ['Draft', 'FinalReview'].flatMap((as) => [`raise${as}`, `close${as}`, `reopen${as}`]),
    )
    expect(verbs['reopenFinalReview']?.['without']).to.deep.equal(['openedFinalReview'])
    expect(Object.keys(tables)).to.deep.equal(['journal_draft', 'journal_final_review'])
    expect(rules.enter).to.deep.equal(['Stage draft', 'Stage finalReview'])
  })

  it('is a mistake where nothing tells the two apart', () => {
    @StampOn({ field: 'state', equals: 'a', stamp: 'at' })
    @StampOn({ field: 'state', equals: 'b', stamp: 'at' })
    class Twice {
      state!: string
      at!: Date | null
    }
    const One = stage('draft')
    const Other = stage('draft')
    @One()
    @Other()
    class Stages {
      draft!: number
      draftBy!: string
      draftLevel!: number
    }
    expect(mistakesOf(Twice, Stages).map(({ code, problem }) => `${code} ${problem}`)).to.deep.equal([
      'E_TRAIT_TWICE the trait StampOn stands twice for "at" on one class.',
      'E_TRAIT_TWICE the trait Stage stands twice for "draft" on one class.',
    ])
  })

  it('is a mistake where no method can be named by it', () => {
    const Odd = stage('my-draft')
    @Odd()
    class Oddly {
      'my-draft': number
      'my-draftBy': string
      'my-draftLevel': number
    }
    expect(mistakesOf(Oddly).map(({ code, problem }) => `${code} ${problem}`)).to.deep.equal([
      'E_TRAIT_OPTIONS the trait Stage is applied as "my-draft", which no method can be named by.',
    ])
  })

  it('is inherited by its key: the nearest declaration of each wins', () => {
    @StampOn({ field: 'state', equals: 'a', stamp: 'one' })
    @StampOn({ field: 'state', equals: 'b', stamp: 'two' })
    class Base {
      state!: string
      one!: Date | null
      two!: Date | null
    }
    @StampOn({ field: 'state', equals: 'c', stamp: 'two' })
    @StampOn({ field: 'state', equals: 'd', stamp: 'three' })
    class Leaf extends Base {
      three!: Date | null
    }
    const { traits } = new Registry([Leaf]).model(Leaf)
    expect(
      traits.map(({ key, options, declaredOn }) => [key, Reflect.get(options, 'equals'), declaredOn]),
    ).to.deep.equal([
      ['one', 'a', Base],
      ['three', 'd', Leaf],
      ['two', 'c', Leaf],
    ])
  })

  it('comes all before what comes after it', () => {
    const Late = defineTrait({ name: 'Early', defaults: {}, after: ['StampOn'], rules: () => ({ update: {} }) })
    @Late()
    @StampOn({ field: 'state', equals: 'a', stamp: 'one' })
    @StampOn({ field: 'state', equals: 'b', stamp: 'two' })
    class Thing {
      state!: string
      one!: Date | null
      two!: Date | null
    }
    const { update } = describeModel(new Registry([Thing]).model(Thing)).rules
    expect(update).to.deep.equal(['StampOn one', 'StampOn two', 'Early'])
  })
})

describeOnEngines('A trait several times on one class', (engine) => {
  let database: Database
  let dataSource: ModelDataSource
  const papers = () => dataSource.getRepository(Paper)

  before(async () => {
    database = await engine.create()
    dataSource = await createDataSource({ ...database.options, entities: [Paper], synchronize: true }).initialize()
  })
  after(async () => {
    await dataSource?.destroy()
    await database?.drop()
  })

  it('counts, keeps tables and writes for each by itself, under many writers', async () => {
    await papers().insert([{}, { finalReviewBy: 'ann' }])
    await papers().update(1, { state: 'out' })
    await papers().update(2, { state: 'back' })
    const [one, two] = await papers().find({ order: { id: 'ASC' } })
    expect([one?.outAt !== null, one?.backAt, two?.outAt, two?.backAt !== null]).to.deep.equal([true, null, null, true])
    await papers().raiseDraft(2, { by: 10 })
    await papers().closeFinalReview(2)
    expect((await papers().find()).map(({ id }) => id)).to.deep.equal([1])
    expect((await papers().withClosedFinalReview().aboveDraft(9).find()).map(({ id }) => id)).to.deep.equal([2])
    await papers().reopenFinalReview(2)
    await Promise.all(Array.from({ length: 10 }, () => papers().insert({})))
    const all = await papers().find({ order: { id: 'ASC' } })
    expect(all.slice(2).map(({ draft }) => draft)).to.have.members(Array.from({ length: 10 }, (_, index) => index + 4))
    expect(all.map(({ draftBy, finalReviewBy }) => [draftBy, finalReviewBy])[1]).to.deep.equal(['draft', 'ann'])
    expect([all[0]?.draft, all[1]?.draft, all[1]?.draftLevel, all[1]?.finalReview]).to.deep.equal([1, 3, 10, 3])
    const journals = await Promise.all(
      ['journal_draft', 'journal_final_review'].map((name) => papers().companion(name).countBy({})),
    )
    expect(journals).to.deep.equal([13, 13])
    expect((await papers().companion('journal_final_review').findOneBy({ number: 3 }))?.['who']).to.equal('ann')
  })
})
