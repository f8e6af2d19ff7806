import { expect } from 'chai'
import { anyone, createDataSource, type ModelDataSource, ModelViewSet, Serializer } from 'plinth'
import {
  type HasVersion,
  Resource,
  type SoftDeletable,
  SoftDelete,
  SoftDeleteViewSetMixin,
  Versioned,
} from 'plinth/decorators'
import { Column, Entity, ManyToOne, OneToMany, PrimaryGeneratedColumn, type Relation } from 'typeorm'
import { type Database, describeOnEngines } from '../support/engines.js'
import { type Served, serve } from './support/served.js'

export interface Club extends SoftDeletable, HasVersion {}
@Entity('trashed_clubs')
@SoftDelete()
@Versioned()
export class Club {
  @PrimaryGeneratedColumn() id!: number
  @Column({ length: 20 }) name!: string
  @OneToMany(
    () => Member,
    (member) => member.club,
  )
  members!: Relation<Member>[]
}

export interface Member extends SoftDeletable, HasVersion {}
@Entity('trashed_members')
@SoftDelete()
@Versioned()
export class Member {
  @PrimaryGeneratedColumn() id!: number
  @Column({ length: 20 }) name!: string
  @ManyToOne(
    () => Club,
    (club) => club.members,
    { nullable: true },
  )
  club!: Relation<Club> | null
}

class ClubName extends Serializer(Club, { fields: ['id', 'name'] }) {}
class MemberName extends Serializer(Member, { fields: ['id', 'name'] }) {}
class ClubSerializer extends Serializer(Club, {
  fields: ['id', 'name', 'members'],
  readOnly: ['members'],
  nested: { members: MemberName },
}) {}
class MemberSerializer extends Serializer(Member, {
  fields: ['id', 'name', 'club', 'version', 'deletedAt'],
  nested: { club: ClubName },
}) {}

const permissions = { '*': anyone } as const
const allow = { trash: anyone, restore: anyone, purge: anyone }

@Resource('/clubs')
class ClubViewSet extends SoftDeleteViewSetMixin(ModelViewSet(Club, { serializer: ClubSerializer, permissions }), {
  allow,
}) {}

@Resource('/members')
class MemberViewSet extends SoftDeleteViewSetMixin(
  ModelViewSet(Member, {
    serializer: MemberSerializer,
    permissions,
    filters: { name: ['eq'], deletedAt: ['gte', 'lt'] },
    pagination: { style: 'page', count: 'exact' },
  }),
  { allow },
) {}

describeOnEngines('Rows in the trash', (engine) => {
  let database: Database
  let dataSource: ModelDataSource
  let served: Served

  before(async () => {
    database = await engine.create()
    dataSource = createDataSource({ ...database.options, entities: [Club, Member], synchronize: true })
    await dataSource.initialize()
    served = await serve({ viewSets: [ClubViewSet, MemberViewSet], dataSource })
  })
  after(async () => {
    await served?.close()
    await dataSource?.destroy()
    await database?.drop()
  })

  const ask = (method: string, path: string, body?: object, headers: Record<string, string> = {}) =>
    served.request(method, path, { ...(body && { body }), headers })
  const clubWith = async (...names: readonly string[]) => {
    const club = await dataSource.getRepository(Club).save({ name: 'chess' })
    const members = await dataSource.getRepository(Member).save(names.map((name) => ({ name, club })))
    return { club, members }
  }

  it('are null as one related row, left out of many, and counted nowhere', async () => {
    const { club, members } = await clubWith('ada', 'bob')
    const [ada, bob] = members
    expect((await ask('DELETE', `/members/${ada!.id}`)).status).to.equal(204)
    expect((await ask('GET', `/clubs/${club.id}`)).body['members']).to.deep.equal({
      data: [{ id: bob!.id, name: 'bob' }],
      hasMore: false,
    })
    const listed = await ask('GET', '/members')
    expect(listed.body.data.map(({ id }) => id)).to.deep.equal([bob!.id])
    expect(listed.body.pagination).to.include({ totalItems: 1, totalPages: 1 })
    await ask('DELETE', `/clubs/${club.id}`)
    expect((await ask('GET', `/members/${bob!.id}`)).body['club']).to.equal(null)
  })

  it('are deleted once, of several who ask at once too, and answered 404 by every other way', async () => {
    const { members } = await clubWith('eve')
    const path = `/members/${members[0]!.id}`
    const answers = await Promise.all(Array.from({ length: 6 }, () => ask('DELETE', path)))
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).to.deep.equal([204, 404, 404, 404, 404, 404])
    for (const [method, body] of [
      ['GET', undefined],
      ['HEAD', undefined],
      ['PUT', { name: 'x', club: null }],
      ['PATCH', { name: 'x' }],
      ['DELETE', undefined],
    ] as const) {
      expect([method, (await ask(method, path, body)).status]).to.deep.equal([method, 404])
    }
  })

  it('have another version when they go and when they come back, of which a condition may speak', async () => {
    const { members } = await clubWith('ida')
    const path = `/members/${members[0]!.id}`
    const first = await ask('GET', path)
    expect(first.body['version']).to.equal(1)
    const late = { 'if-match': first.headers.get('etag')! }
    expect((await ask('PATCH', path, { name: 'ida b' })).body['version']).to.equal(2)
    expect((await ask('DELETE', path, undefined, late)).status).to.equal(412)
    expect((await ask('DELETE', path)).status).to.equal(204)
    const trashed = await ask('GET', `/members/trash/${members[0]!.id}`)
    expect(trashed.body['version']).to.equal(3)
    const back = await ask('POST', `${path}/restore`)
    expect([back.status, back.body['version']]).to.deep.equal([200, 4])
    expect(back.headers.get('etag')).to.equal((await ask('GET', path)).headers.get('etag'))
  })

  it('are found by when they were deleted', async () => {
    const { members } = await clubWith('uma', 'una')
    const [uma, una] = members
    await ask('DELETE', `/members/${uma!.id}`)
    const { deletedAt: first } = (await ask('GET', `/members/trash/${uma!.id}`)).body
    while (Date.now() <= Date.parse(String(first)) + 1) await new Promise((resolve) => setTimeout(resolve, 1))
    await ask('DELETE', `/members/${una!.id}`)
    const { deletedAt: second } = (await ask('GET', `/members/trash/${una!.id}`)).body
    const found = async (query: string) =>
      (await ask('GET', `/members/trash?${query}`)).body.data.map(({ name }) => name)
    expect(await found(`deletedAt__gte=${String(first)}&deletedAt__lt=${String(second)}`)).to.deep.equal(['uma'])
    expect(await found(`deletedAt__gte=${String(second)}&name=una`)).to.deep.equal(['una'])
    expect((await ask('GET', '/members/trash?deletedAt__lt=yesterday')).status).to.equal(400)
  })
})
