import { expect } from 'chai'
import { Column, Entity, ManyToOne, PrimaryColumn, type Relation } from 'typeorm'
import { OnDelete, type SoftDeletable, SoftDelete } from '../../../decorators/index.js'
import {
  type Adds,
  ConflictError,
  column,
  createDataSource,
  defineTrait,
  explainDelete,
  explainRestore,
  type ModelDataSource,
  NotFoundError,
  restoreDeletion,
} from '../../../src/index.js'
import { type Database, describeOnEngines } from '../../support/engines.js'
import { failure } from '../writes/library.js'

/** A third party's trait: names are unique among visible rows. */
const Named = defineTrait({
  name: 'Named',
  defaults: {},
  columns: () => ({ name: column.string({ length: 40 }) }),
  indexes: () => [{ properties: ['name'], unique: 'visible' }],
})

class Numbered {
  @PrimaryColumn({ type: 'int' })
  id!: number
}

@Entity()
@SoftDelete()
@Named()
class Team extends Numbered {}
interface Team extends SoftDeletable, Adds<typeof Named> {}

@Entity()
@SoftDelete()
@Named()
class Project extends Numbered {
  @OnDelete('cascade')
  @ManyToOne(() => Team)
  team!: Relation<Team>
}
interface Project extends SoftDeletable, Adds<typeof Named> {}

@Entity()
@SoftDelete()
class Task extends Numbered {
  @OnDelete('cascade')
  @ManyToOne(() => Project)
  project!: Relation<Project>
}
interface Task extends SoftDeletable {}

/** Refers to all of them, and is kept when they go. */
@Entity()
class Member extends Numbered {
  @Column({ type: 'int', nullable: true })
  teamId!: number | null

  @OnDelete('detach')
  @ManyToOne(() => Team, { nullable: true })
  team!: Relation<Team> | null

  @OnDelete('detach')
  @ManyToOne(() => Project, { nullable: true })
  project!: Relation<Project> | null
}

const entities = [Team, Project, Task, Member]

describeOnEngines('Restoring what a delete took away', (engine) => {
  let database: Database
  let dataSource: ModelDataSource

  before(async () => {
    database = await engine.create()
    dataSource = await createDataSource({ ...database.options, entities }).initialize()
    await dataSource.synchronize()
  })
  after(async () => {
    await dataSource?.destroy()
    await database?.drop()
  })

  beforeEach(async () => {
    const { driver } = dataSource
    for (const table of ['member', 'task', 'project', 'team', 'plinth_detachments']) {
      await dataSource.query(`DELETE FROM ${driver.escape(table)}`)
    }
    await teams().insert([
      { id: 1, name: 'red' },
      { id: 2, name: 'blue' },
    ])
    await projects().insert([
      { id: 1, name: 'one', team: { id: 1 } },
      { id: 2, name: 'two', team: { id: 1 } },
    ])
    await tasks().insert([1, 2, 3].map((id) => ({ id, project: { id: id === 3 ? 2 : 1 } })))
    await members().insert([
      { id: 1, team: { id: 1 }, project: { id: 1 } },
      { id: 2, team: { id: 1 }, project: null },
      { id: 3, team: { id: 2 }, project: { id: 2 } },
    ])
  })

  const teams = () => dataSource.getRepository(Team)
  const projects = () => dataSource.getRepository(Project)
  const tasks = () => dataSource.getRepository(Task)
  const members = () => dataSource.getRepository(Member)
  const links = async () => {
    const rows = await members().find({ order: { id: 'ASC' }, loadRelationIds: { relations: ['team', 'project'] } })
    return rows.map(({ team, project }) => [team, project] as readonly unknown[])
  }
  const journaled = async () =>
    (await dataSource.query<readonly unknown[]>(`SELECT 1 FROM ${dataSource.driver.escape('plinth_detachments')}`))
      .length
  const shown = async () => [await teams().count(), await projects().count(), await tasks().count()]
  const whole = [
    [1, 1],
    [1, null],
    [2, 2],
  ]

  it('puts back the links of rows that stayed, also those to rows that came along', async () => {
    await teams().delete(1)
    expect(await links()).to.deep.equal([
      [null, null],
      [null, null],
      [2, null],
    ])
    const receipt = await teams().restore(1)
    expect(receipt).to.deep.include({
      affected: 1,
      byEntity: { Team: 1, Project: 2, Task: 3 },
      relinked: { Member: 4 },
    })
    expect(await links()).to.deep.equal(whole)
    expect(await journaled()).to.equal(0)
  })

  it('leaves alone what has another link by now, and what is gone', async () => {
    await teams().delete({ id: 1 })
    await members().update(1, { team: { id: 2 } })
    await members().delete(2)
    const receipt = await teams().restore(1)
    expect(receipt.relinked).to.deep.equal({ Member: 2 })
    expect(await links()).to.deep.equal([
      [2, 1],
      [2, 2],
    ])
  })

  it('links no row to which the key of a removed one was given', async () => {
    await teams().delete(1)
    await members().delete(2)
    await members().insert({ id: 2, team: null, project: null })
    await teams().restore(1)
    expect((await links())[1]).to.deep.equal([null, null])
  })

  it('puts back only the links to rows that come back', async () => {
    await projects().delete([1, 2])
    await projects().restore(2)
    expect((await links()).map(([, project]) => project)).to.deep.equal([null, null, 2])
    await projects().restore(1)
    expect(await links()).to.deep.equal(whole)
  })

  it('forgets links to what is removed for good', async () => {
    await teams().delete(1)
    await teams().purge(1)
    expect(await journaled()).to.equal(0)
  })

  it('undoes one delete as a whole, whatever it reached', async () => {
    await tasks().delete(2)
    const { operation } = await teams().delete([1, 2])
    expect(await shown()).to.deep.equal([0, 0, 0])
    const receipt = await restoreDeletion(dataSource, operation)
    expect(receipt).to.deep.include({
      affected: 6,
      byEntity: { Team: 2, Project: 2, Task: 2 },
      relinked: { Member: 5 },
    })
    expect(await shown()).to.deep.equal([2, 2, 2])
    expect(await links()).to.deep.equal(whole)
    expect(await failure(restoreDeletion(dataSource, operation))).to.be.instanceOf(NotFoundError)
    expect(await failure(restoreDeletion(dataSource, 'nonsense'))).to.be.instanceOf(NotFoundError)
  })

  it('refuses to undo a delete whose rows belong to what is hidden, and changes nothing', async () => {
    const { operation } = await tasks().delete({ id: 1 })
    await teams().delete(1)
    expect(await failure(restoreDeletion(dataSource, operation))).to.deep.include({ errorCode: 'PARENT_DELETED' })
    expect(await shown()).to.deep.equal([1, 0, 0])
  })

  it('brings back what a row belongs to, and nothing else of it, where it is asked to', async () => {
    await teams().delete(1)
    const error = await failure(tasks().restore(1))
    expect(error).to.have.property('errorCode', 'PARENT_DELETED')
    const receipt = await tasks().restore(1, { withAncestors: true })
    expect(receipt.byEntity).to.deep.equal({ Team: 1, Project: 1, Task: 1 })
    expect(await shown()).to.deep.equal([2, 1, 1])
    expect(await links()).to.deep.equal([
      [1, 1],
      [1, null],
      [2, null],
    ])
    // Neither of several that share what they belong to is in the way of the others.
    await Promise.all([2, 3].map((id) => tasks().restore(id, { withAncestors: true })))
    expect(await shown()).to.deep.equal([2, 2, 3])
  })

  it('names what is in the way where something unique is taken, and changes nothing', async () => {
    await teams().delete(1)
    await projects().insert({ id: 9, name: 'two', team: { id: 2 } })
    const error = await failure(teams().restore(1))
    expect(error).to.be.instanceOf(ConflictError)
    expect(error).to.deep.include({
      errorCode: 'DUPLICATE',
      errors: [{ pointer: '#/name', code: 'unique', message: 'is already in use' }],
      details: { entity: 'Project', id: 2, fields: ['name'], liveId: 9 },
    })
    expect(await shown()).to.deep.equal([1, 1, 0])
    expect(await links()).to.deep.equal([
      [null, null],
      [null, null],
      [2, null],
    ])
    await dataSource.atomic(async () => {
      expect(await failure(teams().restore(1))).to.have.property('errorCode', 'DUPLICATE')
      await projects().update(9, { name: 'three' })
      await teams().restore(1)
    })
    expect(await shown()).to.deep.equal([2, 3, 3])
  })

  it('can be explained before it is done', async () => {
    const detached = (await explainDelete(dataSource, Team, 1)).detached
    expect(detached).to.deep.equal({ Member: 4 })
    await teams().delete(1)
    await teams().insert({ id: 9, name: 'red' })
    expect(await explainRestore(dataSource, Team, 1)).to.deep.equal({
      restored: { Team: 1, Project: 2, Task: 3 },
      relinked: { Member: 4 },
      hiddenParents: [],
      clashes: [{ entity: 'Team', id: 1, fields: ['name'], liveId: 9 }],
    })
    expect(await explainRestore(dataSource, Task, 1)).to.deep.equal({
      restored: { Task: 1 },
      relinked: {},
      hiddenParents: [
        { entity: 'Project', id: 1 },
        { entity: 'Team', id: 1 },
      ],
      clashes: [],
    })
    expect(await failure(explainRestore(dataSource, Team, 2))).to.have.property('errorCode', 'NOT_DELETED')
    expect(await failure(explainRestore(dataSource, Team, 7))).to.be.instanceOf(NotFoundError)
    expect(await shown()).to.deep.equal([2, 0, 0])
  })

  it('deletes a grandchild alone, then all above it, and brings back everything but that', async () => {
    await tasks().delete(1)
    await teams().delete(1)
    await teams().restore(1)
    expect((await tasks().find({ order: { id: 'ASC' } })).map(({ id }) => id)).to.deep.equal([2, 3])
  })
})
