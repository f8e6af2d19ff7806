import { expect } from 'chai'
import { idempotencyKeys, ModelService, ModelViewSet, restoreDeletion, Serializer, signedIn } from 'plinth'
import { createApp } from 'plinth/container'
import {
  Audited,
  auditOf,
  BaseModel,
  findBySlug,
  type HasMetadata,
  type HasVersion,
  Metadata,
  OnDelete,
  Orderable,
  type Ordered,
  Resource,
  readList,
  Sluggable,
  type Slugged,
  type SoftDeletable,
  SoftDelete,
  type UuidIdentified,
  UuidPk,
  Versioned,
} from 'plinth/decorators'
import { Column, DefaultNamingStrategy, Entity, Index, JoinTable, ManyToMany, ManyToOne, type Relation } from 'typeorm'
import type { EngineOptions } from '../../src/index.js'
import { type Database, describeOnEngines, type Engine } from '../support/engines.js'

/** Calls nothing as properties and classes are called. */
class OtherNames extends DefaultNamingStrategy {
  override columnName(property: string, given: string | undefined, prefixes: string[]): string {
    return `c_${super.columnName(property, given ?? '', prefixes)}`.toUpperCase()
  }

  override tableName(name: string, given: string | undefined): string {
    return `t_${given ?? name}`.toLowerCase()
  }

  override joinColumnName(relation: string, referenced: string): string {
    return this.columnName(super.joinColumnName(relation, referenced), undefined, [])
  }

  override joinTableName(first: string, second: string): string {
    return `l_${first}_${second}`
  }

  override joinTableColumnName(table: string, property: string, column?: string): string {
    return `k_${table}_${column ?? property}`
  }
}

@UuidPk()
@SoftDelete()
@Sluggable({ from: 'name' })
@Entity()
class Shelf extends BaseModel {
  @Column({ type: 'varchar', length: 80, unique: true })
  name!: string
}
interface Shelf extends UuidIdentified, SoftDeletable, Slugged {}

@UuidPk()
@Entity()
class Label extends BaseModel {
  @Column({ type: 'varchar', length: 80 })
  text!: string
}
interface Label extends UuidIdentified {}

@UuidPk()
@SoftDelete()
@Sluggable({ from: 'title', within: ['shelfId'] })
@Orderable({ within: ['shelfId'] })
@Versioned()
@Metadata()
@Audited()
@Entity()
class Tome extends BaseModel {
  @Index()
  @Column({ type: 'varchar', length: 80 })
  title!: string

  @Index()
  @OnDelete('detach')
  @ManyToOne(() => Shelf, { nullable: true })
  shelf!: Relation<Shelf> | null

  @Column({ type: 'uuid', nullable: true })
  shelfId!: string | null

  @ManyToMany(() => Label)
  @JoinTable()
  labels!: Relation<Label>[]
}
interface Tome extends UuidIdentified, SoftDeletable, Slugged, Ordered, HasVersion, HasMetadata {}

class LabelSerializer extends Serializer(Label, { fields: ['id', 'text'] }) {}
class TomeSerializer extends Serializer(Tome, {
  fields: ['id', 'title', 'slug', 'position', 'version', 'shelfId', 'labels', 'deletedAt'],
  readOnly: ['labels'],
  nested: { labels: LabelSerializer },
}) {}
class TomeService extends ModelService(Tome) {}

@Resource('/tomes')
class TomeViewSet extends ModelViewSet(Tome, {
  serializer: TomeSerializer,
  service: TomeService,
  permissions: { '*': signedIn },
  filters: { 'shelf.name': ['eq'] },
  search: ['title'],
  ordering: ['title'],
  idempotency: 'optional',
}) {}

const places: Readonly<Record<string, (options: EngineOptions) => object>> = {
  'behind a prefix': () => ({ entityPrefix: 'sh_' }),
  'by a strategy of their own': () => ({ namingStrategy: new OtherNames() }),
  'by a strategy, behind a prefix': () => ({ namingStrategy: new OtherNames(), entityPrefix: 'sh_' }),
}
/** One that is not on the search path. */
const inSchema = (options: EngineOptions): object => {
  const { options: sent } = (options as { extra: { options: string } }).extra
  return { schema: /search_path=(\w+)/.exec(sent)?.[1], extra: {}, entityPrefix: 'sh_' }
}
const placesOf = ({ name }: Engine) =>
  Object.entries(name === 'postgres' ? { ...places, 'in a schema that is named': inSchema } : places)

describeOnEngines('Tables that are not called as their entities', (engine) => {
  let database: Database

  beforeEach(async () => {
    database = await engine.create()
  })

  afterEach(() => database.drop())

  for (const [title, place] of placesOf(engine)) {
    it(`do what others do ${title}`, async () => {
      const app = await createApp({
        entities: [Shelf, Tome, Label],
        viewSets: [TomeViewSet],
        dataSource: {
          ...database.options,
          ...place(database.options),
          tables: [idempotencyKeys],
          synchronize: true,
        },
        authenticate: () => ({ id: 'ada', roles: [] }),
      })
      try {
        const { dataSource } = app
        await dataSource.proveSchema()
        const { url } = await app.listen(0)
        const ask = async (method: string, path: string, body?: object, headers: Record<string, string> = {}) => {
          const answer = await fetch(url + path, {
            method,
            headers: { ...headers, ...(body && { 'content-type': 'application/json' }) },
            ...(body && { body: JSON.stringify(body) }),
          })
          const text = await answer.text()
          expect(answer.status, text).to.be.lessThan(300)
          // oxlint-disable-next-line typescript/no-unsafe-return -- it is looked at by what follows
          return text === '' ? undefined : JSON.parse(text)
        }
        const shelves = dataSource.getRepository(Shelf)
        const tomes = dataSource.getRepository(Tome)
        const shelf = await shelves.save(shelves.create({ name: 'Attic' }))
        const label = await dataSource.getRepository(Label).save({ text: 'red' } as Label)
        const key = { 'idempotency-key': '"once"' }
        const body = { title: 'One', shelfId: shelf.id }
        const first = await ask('POST', '/tomes', body, key)
        expect(await ask('POST', '/tomes', body, key)).to.deep.equal(first)
        const second = await ask('POST', '/tomes', { title: 'One', shelfId: shelf.id })
        expect([first.slug, first.position, second.slug, second.position]).to.deep.equal(['one', 1, 'one-2', 2])
        const third = tomes.create({ title: 'Two', shelfId: shelf.id, labels: [label] })
        await tomes.save(third)
        await tomes.insert([1, 2].map((number) => ({ title: `More ${number}`, shelfId: shelf.id })))
        await ask('PATCH', `/tomes/${first.id}`, { title: 'Uno' })
        await tomes.moveTo(third.id, { position: 1 })
        const list = await ask('GET', `/tomes?shelf.name=Attic&search=mo&ordering=-title`)
        expect(list.data.map((one: Tome) => one.slug)).to.deep.equal(['more-2', 'more-1'])
        await tomes.update(first.id, { slug: 'uno' })
        expect(await findBySlug(tomes, 'one', { shelfId: shelf.id })).to.include({ canonical: false })
        await tomes.setMetadata(third.id, { path: ['a'], value: 1 })
        expect((await auditOf(tomes, third.id)).length).to.be.greaterThan(1)
        expect((await readList(tomes, { shelfId: shelf.id })).rows).to.have.length(5)
        const { operation } = await shelves.delete(shelf.id)
        expect(await tomes.countBy({ shelfId: shelf.id })).to.equal(0)
        await restoreDeletion(dataSource, operation)
        expect(await tomes.countBy({ shelfId: shelf.id })).to.equal(5)
        await ask('DELETE', `/tomes/${second.id}`)
        await tomes.restore(second.id)
        await tomes.purge(second.id)
        await dataSource.proveSchema()
      } finally {
        await app.close()
      }
    })
  }
})
