import { IsEmail, Length } from 'class-validator'
import {
  anyone,
  type Call,
  generateToken,
  hashString,
  ModelDataSource,
  Reply,
  UnauthenticatedError,
  type User,
  type UserProvider,
  ViewSet,
  verifyPassword,
} from 'plinth'
import { Action, RateLimit, Resource } from 'plinth/decorators'
import { injectable } from 'tsyringe'
import { MoreThan } from 'typeorm'
import { Account, Session } from './accounts.js'

declare module 'plinth' {
  interface User {
    readonly email?: string
  }
}

@injectable()
export class SessionUsers implements UserProvider {
  constructor(private readonly dataSource: ModelDataSource) {}

  async userOf(call: Call): Promise<User | null> {
    const token = /^Bearer (\S+)$/.exec(call.header('authorization') ?? '')?.[1]
    if (token === undefined) return null
    const alive = { tokenHash: hashString(token), expiresAt: MoreThan(new Date()) }
    const session = await this.dataSource.getRepository(Session).findOneBy(alive)
    if (!session) return null
    const account = await this.dataSource.getRepository(Account).findOneBy({ id: session.accountId })
    return account && { id: account.id, roles: [account.role], email: account.email }
  }
}

export class Credentials {
  @IsEmail()
  email!: string

  @Length(1, 200)
  password!: string
}

const day = 86_400_000

@Resource('/sessions')
@injectable()
export class SessionViewSet extends ViewSet {
  constructor(private readonly dataSource: ModelDataSource) {
    super()
  }

  @Action({ method: 'post', on: 'collection', path: '', allow: anyone, body: Credentials })
  @RateLimit({ key: 'sign-in', limit: 10, period: 60, per: 'client' })
  async signIn({ body: { email, password } }: Call<Credentials>): Promise<Reply> {
    const select = { id: true, passwordHash: true } as const
    const account = await this.dataSource.getRepository(Account).findOne({ where: { email }, select })
    // Takes as long where there is no such account.
    const isRight = await verifyPassword(password, account?.passwordHash)
    if (!account || !isRight) throw new UnauthenticatedError('Wrong address or password.')
    const token = generateToken()
    const expiresAt = new Date(Date.now() + day)
    const session = { tokenHash: hashString(token), accountId: account.id, expiresAt }
    await this.dataSource.getRepository(Session).insert(session)
    return Reply.json({ token, expiresAt }, 201)
  }
}
