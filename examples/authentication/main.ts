import { deepStrictEqual as same } from 'node:assert'
import { type Call, hashPassword, Reply, role, signedIn, silentLogger, ViewSet } from 'plinth'
import { createApp } from 'plinth/container'
import { Action, Resource } from 'plinth/decorators'
import { checkUserProvider } from 'plinth/testing'
import { Account, Session } from './accounts.js'
import { SessionUsers, SessionViewSet } from './sessions.js'

@Resource('/me')
class OwnViewSet extends ViewSet {
  @Action({ method: 'get', on: 'collection', path: '', allow: signedIn })
  read({ user }: Call): Reply {
    return Reply.json({ email: user?.email })
  }

  @Action({ method: 'get', on: 'collection', path: 'secrets', allow: role('admin') })
  secrets(): Reply {
    return Reply.json({})
  }
}

const app = await createApp({
  entities: [Account, Session],
  viewSets: [SessionViewSet, OwnViewSet],
  dataSource: { type: 'sqlite', database: ':memory:', synchronize: true },
  authenticate: SessionUsers,
  logger: silentLogger,
})
const { url } = await app.listen(0)

const passwords = { 'ada@example.org': 'correct horse', 'bob@example.org': 'battery staple' }
const accounts = app.dataSource.getRepository(Account)
for (const [email, password] of Object.entries(passwords)) {
  await accounts.insert({ email, passwordHash: await hashPassword(password), role: 'member' })
}

const signIn = (email: string, password: string): Promise<Response> =>
  fetch(`${url}/sessions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password }),
  })
const ask = async (path: string, headers: Readonly<Record<string, string>>): Promise<readonly unknown[]> => {
  const response = await fetch(url + path, { headers })
  const told = (await response.json()) as { readonly code?: string }
  return [response.status, told.code ?? told]
}

const users = await Promise.all(
  Object.entries(passwords).map(async ([email, password]) => {
    const { token } = (await (await signIn(email, password)).json()) as { readonly token: string }
    const { id } = await accounts.findOneByOrFail({ email })
    return { id, headers: { authorization: `Bearer ${token}` } }
  }),
)
const [ada] = users
same((await signIn('ada@example.org', 'wrong')).status, 401)
same((await signIn('eve@example.org', 'correct horse')).status, 401)
same(await ask('/me', {}), [401, 'UNAUTHENTICATED'])
same(await ask('/me', { authorization: 'Bearer wrong' }), [401, 'UNAUTHENTICATED'])
same(await ask('/me', ada!.headers), [200, { email: 'ada@example.org' }])
same(await ask('/me/secrets', ada!.headers), [403, 'PERMISSION_DENIED'])

await checkUserProvider({
  create: () => app.resolve(SessionUsers),
  users,
  headers: ['authorization'],
})

await app.close()
console.log('Whoever signs in is known.')
