import { expect } from 'chai'
import { createDataSource, type ModelDataSource, ModelService, type ServiceResult, silentLogger } from 'plinth'
import {
  Sluggable,
  type Slugged,
  type SoftDeletable,
  SoftDelete,
  type Timestamped,
  Timestamps,
} from 'plinth/decorators'
import { ChildEntity, Column, Entity, PrimaryGeneratedColumn, TableInheritance } from 'typeorm'
import { currentTenant, Tenanted, type TenantOwned } from '../support/blog.js'
import { type Database, describeOnEngines } from '../support/engines.js'

interface Work extends SoftDeletable, Slugged, Timestamped, TenantOwned {}
/** Works of several kinds and tenants share a table. */
@Entity('shared_works')
@TableInheritance({ column: { type: 'varchar', name: 'kind', length: 20 } })
@Tenanted()
@Timestamps()
@SoftDelete()
@Sluggable({ from: 'name' })
class Work {
  @PrimaryGeneratedColumn() id!: number
  @Column({ type: 'varchar', length: 120 }) name!: string
}

@ChildEntity()
class Poster extends Work {
  @Column({ type: 'int', nullable: true }) height!: number | null
}

@ChildEntity()
class Film extends Work {
  @Column({ type: 'int', nullable: true }) minutes!: number | null
}

interface Tag extends SoftDeletable, TenantOwned {}
/** A row of a tenant in a table of its own. */
@Entity('shared_tags')
@Tenanted()
@SoftDelete()
class Tag {
  @PrimaryGeneratedColumn() id!: number
  @Column({ type: 'varchar', length: 40 }) label!: string
}

class WorkService extends ModelService(Work) {}
class PosterService extends ModelService(Poster) {}
class FilmService extends ModelService(Film) {}
class TagService extends ModelService(Tag) {}

const codeOf = (result: ServiceResult<unknown>) => (result.success ? 'OK' : result.errorCode)
const as = <T>(tenant: string, work: () => Promise<T>): Promise<T> => currentTenant.run(tenant, work)

describeOnEngines('Services of entities that share a table', (engine) => {
  let database: Database
  let dataSource: ModelDataSource
  let works: WorkService
  let posters: PosterService
  let films: FilmService
  let tags: TagService

  before(async () => {
    database = await engine.create()
    const entities = [Work, Poster, Film, Tag]
    dataSource = await createDataSource({ ...database.options, entities, synchronize: true }).initialize()
    const context = { dataSource, logger: silentLogger }
    works = new WorkService(context)
    posters = new PosterService(context)
    films = new FilmService(context)
    tags = new TagService(context)
  })
  after(async () => {
    await dataSource?.destroy()
    await database?.drop()
  })
  beforeEach(async () => {
    for (const table of ['shared_works', 'shared_tags']) await dataSource.query(`DELETE FROM ${table}`)
  })

  const stored = async () => {
    const rows = await dataSource.query(
      'SELECT "name", "kind", "tenantId", "slug", "minutes", "deletedAt" FROM shared_works ORDER BY "id"'.replaceAll(
        '"',
        engine.name === 'mariadb' ? '`' : '"',
      ),
    )
    return (rows as Record<string, unknown>[]).map(
      ({ name, kind, tenantId, slug, minutes, deletedAt }) =>
        `${String(name)} ${String(kind)} ${String(tenantId)} ${String(slug)} ${String(minutes)}${deletedAt ? ' deleted' : ''}`,
    )
  }

  it('make rows of their kind alone', async () => {
    await as('a', async () => {
      const poster = (await posters.create({ name: 'Metropolis', height: 90 })).unwrap()
      const film = (await films.create({ name: 'Metropolis', minutes: 153 })).unwrap()
      const more = (await films.createMany([{ name: 'Nosferatu', minutes: 94 }, { name: 'Metropolis' }])).unwrap()
      expect(poster).to.be.instanceOf(Poster).and.to.include({ slug: 'metropolis', height: 90, tenantId: 'a' })
      expect(film).to.be.instanceOf(Film).and.to.include({ slug: 'metropolis-2', minutes: 153, tenantId: 'a' })
      expect(more.map((row) => [row.constructor, row.slug])).to.deep.equal([
        [Film, 'nosferatu'],
        [Film, 'metropolis-3'],
      ])
    })
    expect(await stored()).to.deep.equal([
      'Metropolis Poster a metropolis null',
      'Metropolis Film a metropolis-2 153',
      'Nosferatu Film a nosferatu 94',
      'Metropolis Film a metropolis-3 null',
    ])
  })

  it('change and delete no row of another kind', async () => {
    await as('a', async () => {
      const [poster, film, second] = [
        (await posters.create({ name: 'M' })).unwrap(),
        (await films.create({ name: 'Faust', minutes: 107 })).unwrap(),
        (await films.create({ name: 'Tabu', minutes: 84 })).unwrap(),
      ]
      const before = await stored()
      expect(codeOf(await films.update(poster.id, { minutes: 1 }))).to.equal('NOT_FOUND')
      expect(codeOf(await films.delete(poster.id))).to.equal('NOT_FOUND')
      expect(codeOf(await films.updateMany([film.id, poster.id], { minutes: 1 }))).to.equal('NOT_FOUND')
      expect(codeOf(await films.deleteMany([film.id, poster.id]))).to.equal('NOT_FOUND')
      expect(await stored()).to.deep.equal(before)
      expect((await films.update(film.id, { minutes: 116 })).unwrap())
        .to.be.instanceOf(Film)
        .and.to.include({ minutes: 116 })
      expect((await films.updateMany([film.id, second.id], { minutes: 60 })).unwrap()).to.have.length(2)
      expect(codeOf(await films.deleteMany([second.id]))).to.equal('OK')
      expect(codeOf(await posters.delete(poster.id))).to.equal('OK')
    })
    expect(await stored()).to.have.members([
      'M Poster a m null deleted',
      'Faust Film a faust 60',
      'Tabu Film a tabu 60 deleted',
    ])
  })

  it('see rows of all kinds from above, each as what it is', async () => {
    await as('a', async () => {
      const poster = (await posters.create({ name: 'M', height: 90 })).unwrap()
      const film = (await films.create({ name: 'Faust', minutes: 107 })).unwrap()
      const changed = (await works.update(film.id, { name: 'Faust again' })).unwrap()
      expect(changed).to.be.instanceOf(Film).and.to.include({ name: 'Faust again', minutes: 107 })
      const many = (await works.updateMany([poster.id, film.id], { name: 'Both' })).unwrap()
      expect(many.map((row) => row.constructor)).to.deep.equal([Poster, Film])
      expect((await works.get(poster.id)).unwrap())
        .to.be.instanceOf(Poster)
        .and.to.include({ height: 90 })
      expect(codeOf(await works.deleteMany([poster.id, film.id]))).to.equal('OK')
    })
    expect((await stored()).map((row) => row.endsWith('deleted'))).to.deep.equal([true, true])
  })

  it('touch no row of another tenant, alone or among their own', async () => {
    const foreign = await as('b', async () => (await tags.create({ label: 'theirs' })).unwrap())
    const foreignFilm = await as('b', async () => (await films.create({ name: 'Theirs' })).unwrap())
    await as('a', async () => {
      const own = (await tags.create({ label: 'ours' })).unwrap()
      const film = (await films.create({ name: 'Ours' })).unwrap()
      expect(own.tenantId).to.equal('a')
      for (const [service, mine, theirs, values] of [
        [tags, own.id, foreign.id, { label: 'taken' }],
        [films, film.id, foreignFilm.id, { name: 'taken' }],
      ] as const) {
        const any = service as TagService
        expect(codeOf(await any.update(theirs, values as { label: string }))).to.equal('NOT_FOUND')
        expect(codeOf(await any.delete(theirs))).to.equal('NOT_FOUND')
        expect(codeOf(await any.updateMany([mine, theirs], values as { label: string }))).to.equal('NOT_FOUND')
        expect(codeOf(await any.deleteMany([mine, theirs]))).to.equal('NOT_FOUND')
      }
      expect(codeOf(await tags.create({ label: 'forged', tenantId: 'b' }))).to.equal('OUTSIDE_SCOPE')
      expect(codeOf(await tags.createMany([{ label: 'fine' }, { label: 'forged', tenantId: 'b' }]))).to.equal(
        'OUTSIDE_SCOPE',
      )
      expect(codeOf(await tags.update(own.id, { tenantId: 'b' }))).to.equal('OUTSIDE_SCOPE')
      expect(codeOf(await tags.updateMany([own.id], { tenantId: 'b' }))).to.equal('OUTSIDE_SCOPE')
      expect((await tags.list()).unwrap().map(({ label }) => label)).to.deep.equal(['ours'])
    })
    expect(codeOf(await tags.create({ label: 'nobody' }))).to.equal('CONTEXT_MISSING')
    await as('b', async () => {
      expect((await tags.list()).unwrap().map(({ label }) => label)).to.deep.equal(['theirs'])
      expect((await films.list()).unwrap().map(({ name }) => name)).to.deep.equal(['Theirs'])
    })
  })

  it('leave a row to whoever took it over while its owner wrote it', async () => {
    const ids = await as('a', async () =>
      (await tags.createMany(Array.from({ length: 20 }, (_, index) => ({ label: `t${index}` }))))
        .unwrap()
        .map(({ id }) => id),
    )
    const table = engine.name === 'mariadb' ? '`shared_tags`' : '"shared_tags"'
    const column = engine.name === 'mariadb' ? '`tenantId`' : '"tenantId"'
    const writes = ids.map((id) => as('a', () => tags.update(id, { label: 'written' })))
    const moves = ids.map((id) => dataSource.query(`UPDATE ${table} SET ${column} = 'b' WHERE id = ${id}`))
    const outcomes = (await Promise.all([Promise.all(writes), Promise.all(moves)]))[0].map(codeOf)
    expect(outcomes.every((code) => code === 'OK' || code === 'NOT_FOUND' || code === 'STALE')).to.equal(
      true,
      outcomes.join(),
    )
    expect(await as('a', async () => (await tags.list()).unwrap())).to.deep.equal([])
    const theirs = await as('b', async () => (await tags.list()).unwrap())
    expect(theirs).to.have.length(ids.length)
    for (const [index, id] of ids.entries()) {
      const { label } = theirs.find((row) => row.id === id)!
      expect(label).to.equal(outcomes[index] === 'OK' ? 'written' : `t${index}`)
    }
  })
})
