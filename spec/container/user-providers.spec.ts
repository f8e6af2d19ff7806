import { expect } from 'chai'
import {
  type Call,
  DefinitionError,
  ModelDataSource,
  Reply,
  signedIn,
  silentLogger,
  type User,
  type UserProvider,
  ViewSet,
} from 'plinth'
import { type Authentication, createApp, describeApp, token } from 'plinth/container'
import { Action, Resource } from 'plinth/decorators'
import { inject, injectable } from 'tsyringe'
import { Column, Entity, PrimaryColumn } from 'typeorm'

@Entity()
class Reader {
  @PrimaryColumn({ type: 'varchar', length: 20 }) id!: string
  @Column({ type: 'varchar', length: 20 }) role!: string
}

@Resource('/me')
class OwnViewSet extends ViewSet {
  @Action({ method: 'get', on: 'collection', path: '', allow: signedIn })
  read({ user }: Call): Reply {
    return Reply.json(user)
  }
}

const header = token<string>('header')

@injectable()
class Readers implements UserProvider {
  static made = 0

  constructor(
    private readonly dataSource: ModelDataSource,
    @inject(header) private readonly name: string,
  ) {
    Readers.made++
  }

  async userOf(call: Call): Promise<User | null> {
    const id = call.header(this.name)
    const reader = id === undefined ? null : await this.dataSource.getRepository(Reader).findOneBy({ id })
    return reader && { id: reader.id, roles: [reader.role] }
  }
}

const optionsWith = (authenticate: Authentication) => ({
  entities: [Reader],
  viewSets: [OwnViewSet],
  providers: [{ provide: header, useValue: 'x-reader' }] as const,
  dataSource: { type: 'sqlite', database: ':memory:', synchronize: true } as const,
  authenticate,
  logger: silentLogger,
})

async function answersOf(authenticate: Authentication, ids: readonly string[]): Promise<readonly unknown[]> {
  const app = await createApp(optionsWith(authenticate))
  try {
    await app.dataSource.getRepository(Reader).insert({ id: 'ada', role: 'editor' })
    const { url } = await app.listen(0)
    return await Promise.all(
      ids.map(async (id) => {
        const response = await fetch(`${url}/me`, { headers: { 'x-reader': id } })
        const told = (await response.json()) as { readonly code?: string }
        return response.status === 200 ? told : told.code
      }),
    )
  } finally {
    await app.close()
  }
}

describe('Who says who makes requests', () => {
  it('may be a class, which is made once, with what it needs', async () => {
    Readers.made = 0
    const answers = await answersOf(Readers, ['ada', 'ada', 'eve'])
    expect(answers).to.deep.equal([
      { id: 'ada', roles: ['editor'] },
      { id: 'ada', roles: ['editor'] },
      'UNAUTHENTICATED',
    ])
    expect(Readers.made).to.equal(1)
  })

  it('may be an object, an arrow or a function, as before', async () => {
    const user = { id: 'ada', roles: [] }
    expect(await answersOf({ userOf: () => user }, ['ada'])).to.deep.equal([user])
    expect(await answersOf(() => user, ['ada'])).to.deep.equal([user])
    function named(): User {
      return user
    }
    expect(await answersOf(named, ['ada'])).to.deep.equal([user])
  })

  it('is described without being made', () => {
    Readers.made = 0
    expect(Object.keys(describeApp(optionsWith(Readers)).document.paths)).to.deep.equal(['/me'])
    expect(Readers.made).to.equal(0)
  })

  it('is checked with everything else that is made', () => {
    class Unknown implements UserProvider {
      constructor(readonly secret: string) {}
      userOf(): null {
        return null
      }
    }
    const mistakes = (() => {
      try {
        describeApp(optionsWith(Unknown))
        return []
      } catch (error) {
        return error instanceof DefinitionError ? error.mistakes.map(({ code, subject }) => [code, subject]) : error
      }
    })()
    expect(mistakes).to.deep.equal([['E_CONSTRUCTOR_TYPES', 'Unknown']])
  })
})
