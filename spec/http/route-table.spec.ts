import { expect } from 'chai'
import { array, assert, constantFrom, property, tuple, uniqueArray } from 'fast-check'
import createRouter, { type HTTPMethod } from 'find-my-way'
import type { Route } from '../../src/http/route.js'
import { RouteTable } from '../../src/http/route-table.js'

const route = (method: string, path: string): Route => ({ method, path, handle: () => {} })

/** What one router of all routes finds, which routes that are parted must find as well. */
function foundByOne(routes: readonly Route[], method: string, path: string): Route['handle'] | undefined {
  const router = createRouter({ ignoreTrailingSlash: true, maxParamLength: Number.POSITIVE_INFINITY })
  for (const one of routes) router.on(one.method as HTTPMethod, one.path, () => {}, one.handle)
  const found = router.find(method as HTTPMethod, path)
  return found && Object.values(found.params).every(Boolean) ? (found.store as Route['handle']) : undefined
}

describe('RouteTable', () => {
  const segment = constantFrom('a', 'b', 'c', 'a@b', ':x')
  const routes = uniqueArray(tuple(constantFrom('GET', 'PUT'), array(segment, { minLength: 1, maxLength: 4 })), {
    minLength: 1,
    maxLength: 120,
    selector: ([method, segments]) => `${method} ${segments.join('/')}`,
  }).map((all) => all.map(([method, segments]) => route(method, `/${segments.join('/')}`)))
  const asked = constantFrom('a', 'b', '%61', 'a@b', 'a%40b', 'a%2Fb', '%zz', 'z', '', 'a#b')
  const path = array(asked, { maxLength: 5 }).map((segments) => `/${segments.join('/')}`)

  it('finds what one router of all routes finds, however many there are', () => {
    assert(
      property(routes, array(path, { minLength: 1, maxLength: 30 }), (all, paths) => {
        const table = new RouteTable(all)
        for (const method of ['GET', 'PUT', 'POST']) {
          for (const one of paths) {
            expect(table.find(method, one)?.handle, `${method} ${one}`).to.equal(foundByOne(all, method, one))
          }
        }
      }),
      { numRuns: 100 },
    )
  })

  it('gives the parameters of a route among many, decoded', () => {
    const all = Array.from({ length: 100 }, (_, index) => route('GET', `/api/v1/things${index}/:id/parts/:part`))
    const { handle, parameters } = new RouteTable(all).find('GET', '/api/v1/things57/a%2Fb/parts/%C3%A9') ?? {}
    expect(handle).to.equal(all[57]?.handle)
    expect({ ...parameters }).to.deep.equal({ id: 'a/b', part: 'é' })
  })

  it('knows the methods of a path among many', () => {
    const all = ['GET', 'PUT', 'DELETE'].flatMap((method) =>
      Array.from({ length: 50 }, (_, index) => route(method, `/things${index}/:id`)),
    )
    const table = new RouteTable([...all, route('POST', '/:kind/7')])
    expect(table.methodsOf('/things3/7')).to.deep.equal(['DELETE', 'GET', 'POST', 'PUT'])
    expect(table.methodsOf('/things3/8/')).to.deep.equal(['DELETE', 'GET', 'PUT'])
    expect(table.methodsOf('/nothing/7')).to.deep.equal(['POST'])
    expect(table.methodsOf('/nothing')).to.deep.equal([])
  })
})
