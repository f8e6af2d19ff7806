import { expect } from 'chai'
import { Column, Entity, PrimaryColumn } from 'typeorm'
import { type SoftDeletable, SoftDelete, scopes } from '../../decorators/index.js'
import {
  type Adds,
  all,
  any,
  createDataSource,
  DefinitionError,
  defineTrait,
  describeModel,
  eq,
  gte,
  Mistakes,
  type ModelDataSource,
  type ModelRepository,
  not,
  related,
  type Selection,
} from '../../src/index.js'
import { type Database, describeOnEngines } from '../support/engines.js'

const published = eq('status', 'published')

const ReportScopes = scopes('ReportScopes', {
  published,
  drafts: not(published),
  writtenBy: (author: string) => eq('author', author),
  popular: (least: number) => all(published, gte('views', least)),
  ofInterest: (author: string, least: number) => any(eq('author', author), gte('views', least)),
})

/** A view of a trait may remove scopes as well, depending on what it is given. */
const Archive = defineTrait({
  name: 'Archive',
  defaults: {},
  views: () => ({
    including: (what: string) => ({ without: what === 'all' ? ['kept'] : [] }),
    removing: (scope: string) => ({ without: [scope] }),
  }),
})

@Entity()
@ReportScopes()
@Archive()
@SoftDelete()
class Report {
  @PrimaryColumn()
  id!: number

  @Column({ type: 'varchar', length: 20 })
  status!: string

  @Column({ type: 'varchar', length: 20 })
  author!: string

  @Column({ type: 'int' })
  views!: number
}
interface Report extends SoftDeletable, Adds<typeof ReportScopes>, Adds<typeof Archive> {}

describeOnEngines('Scopes of an entity', (engine) => {
  let database: Database
  let dataSource: ModelDataSource
  let reports: ModelRepository<Report>

  before(async () => {
    database = await engine.create()
    dataSource = await createDataSource({ ...database.options, entities: [Report] }).initialize()
    await dataSource.synchronize()
    reports = dataSource.getRepository(Report)
    await reports.insert([
      { id: 1, status: 'published', author: 'ann', views: 5 },
      { id: 2, status: 'published', author: 'bob', views: 50 },
      { id: 3, status: 'draft', author: 'ann', views: 50 },
      { id: 4, status: 'published', author: 'ann', views: 50 },
    ])
    await reports.delete(4)
  })
  after(async () => {
    await dataSource?.destroy()
    await database?.drop()
  })

  const idsOf = async (look: ModelRepository<Report> | Selection<Report>) => {
    const rows = 'find' in look ? await look.find({ order: { id: 'ASC' } }) : await look.rows()
    return rows.map(({ id }) => id)
  }

  it('are methods of its repositories, and add up', async () => {
    expect(await idsOf(reports.published())).to.deep.equal([1, 2])
    expect(await idsOf(reports.writtenBy('ann'))).to.deep.equal([1, 3])
    expect(await idsOf(reports.published().writtenBy('ann'))).to.deep.equal([1])
    expect(await idsOf(reports.writtenBy('ann').drafts())).to.deep.equal([3])
    expect(await idsOf(reports.writtenBy('ann').writtenBy('bob'))).to.deep.equal([])
    expect(await idsOf(reports.popular(50).withDeleted())).to.deep.equal([2, 4])
  })

  it('never show what a default scope hides, whatever they ask', async () => {
    expect(await idsOf(reports.ofInterest('ann', 50))).to.deep.equal([1, 2, 3])
    expect(await reports.ofInterest('ann', 50).count()).to.equal(3)
  })

  it('are views of its selections and builders', async () => {
    const selection = reports.select().view('popular', 10).view('writtenBy', 'bob')
    expect([await idsOf(selection), await selection.count()]).to.deep.equal([[2], 1])
    expect(await reports.createQueryBuilder('r').view('writtenBy', 'ann').getCount()).to.equal(2)
    expect(await idsOf(reports.view('popular', 50))).to.deep.equal([2])
  })

  it('guard what is written through them', async () => {
    expect((await reports.writtenBy('bob').updateAll({ views: 60 })).affected).to.equal(1)
    expect((await reports.drafts().delete({ author: 'bob' })).affected).to.equal(0)
    expect(await reports.popular(60).count()).to.equal(1)
  })

  it('may depend on what they are given in every way', async () => {
    expect(await idsOf(reports.including('all'))).to.deep.equal([1, 2, 3, 4])
    expect(await idsOf(reports.including('visible'))).to.deep.equal([1, 2, 3])
    expect(() => reports.removing('unknown')).to.throw(DefinitionError, 'the scope "unknown", which does not exist')
  })

  it('are part of the description of its model', () => {
    const { views } = describeModel(dataSource.registry.model(Report))
    expect(views['drafts']).to.deep.equal({ where: 'not status = "published"', contributor: 'ReportScopes' })
    expect(views['writtenBy']).to.deep.equal({ parameterised: true, contributor: 'ReportScopes' })
  })
})

describe('Scopes of an entity', () => {
  it('are refused where they name what the entity does not have', async () => {
    const Wrong = scopes('Wrong', { open: eq('state', 'open') })
    @Entity()
    @Wrong()
    class Door {
      @PrimaryColumn()
      id!: number
    }
    const { default: driver } = await import('libsql')
    const dataSource = createDataSource({ type: 'better-sqlite3', database: ':memory:', driver, entities: [Door] })
    const error = await dataSource.initialize().then(
      () => undefined,
      (reason: unknown) => reason,
    )
    expect(error).to.be.instanceOf(DefinitionError)
    expect((error as DefinitionError).mistakes[0]).to.deep.include({ code: 'E_UNKNOWN_PROPERTY', subject: 'Door' })
  })

  it('are refused where they name it whatever they are given, before anybody uses them', async () => {
    const Wrong = scopes('Wrong', {
      inState: (state: string) => eq('state', state),
      since: (day: Date) => gte('openedOn', day.toISOString()),
      above: (least: number) => all(eq('id', least), gte('height', least.toFixed())),
      ofHouse: (name: string) => related('house', eq('name', name)),
      oneOfStates: (states: readonly string[]) => all(...states.map((state) => eq('states', state))),
      // What depends on what is given, or cannot be tried, is checked when it is used.
      where: (property: string) => eq(property, 1),
      picky: (name: { readonly first: { readonly name: string } }) => eq('name', name.first.name),
    })
    const Removing = defineTrait({
      name: 'Removing',
      defaults: {},
      views: () => ({ without: (scope: string) => ({ without: [scope, 'unheard'] }) }),
    })
    @Entity()
    @Wrong()
    @Removing()
    class Gate {
      @PrimaryColumn()
      id!: number
    }
    const { default: driver } = await import('libsql')
    const found = new Mistakes()
    createDataSource({ type: 'better-sqlite3', database: ':memory:', driver, entities: [Gate] }).verify(found)
    expect(found.found.map(({ code, problem }) => [code, problem])).to.have.deep.members([
      ['E_UNKNOWN_PROPERTY', 'the view "inState" names "state", which is not a column of the entity.'],
      ['E_UNKNOWN_PROPERTY', 'the view "since" names "openedOn", which is not a column of the entity.'],
      ['E_UNKNOWN_PROPERTY', 'the view "above" names "height", which is not a column of the entity.'],
      ['E_UNKNOWN_PROPERTY', 'the view "oneOfStates" names "states", which is not a column of the entity.'],
      ['E_UNKNOWN_PROPERTY', 'the view "ofHouse" names "house", which is not a relation of the entity.'],
      ['E_UNKNOWN_SCOPE', 'the view "without" removes the scope "unheard", which does not exist.'],
    ])
    for (const { places } of found.found)
      expect(places[0]).to.match(/^@(Wrong|Removing) at .*scopes\.spec\.\w+:\d+:\d+$/)
  })
})
