import { createContext, runInContext } from 'node:vm'
import { expect } from 'chai'
import { anyone, createDataSource, ModelViewSet, role, Serializer } from 'plinth'
import { Resource } from 'plinth/decorators'
import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm'
import { describeOnDrivers, type Service } from '../../support/http.js'

@Entity('viewed_notes')
class Note {
  @PrimaryGeneratedColumn() id!: number
  @Column({ length: 20 }) text!: string
}

@Resource('/notes')
class NoteViewSet extends ModelViewSet(Note, {
  serializer: class NoteSerializer extends Serializer(Note, { fields: ['id', 'text'] }) {},
  permissions: { list: anyone, retrieve: anyone, '*': role('editor') },
}) {}

/** What the viewer knows of who is signed in. */
interface Viewer {
  readonly Im: { fromJS(value: unknown): unknown }
  readonly authSelectors: { isAuthorized(security: unknown): boolean }
  readonly authActions: { authorize(payload: unknown): void }
}

const nothing = () => undefined

/** Runs the scripts of the page as a browser does, without drawing anything. */
async function viewerAt(service: Service, path: string): Promise<Viewer> {
  const element = () => ({ style: {}, setAttribute: nothing, appendChild: nothing, addEventListener: nothing })
  const window: Record<string, unknown> = {
    addEventListener: nothing,
    location: { href: `http://localhost${path}`, pathname: path, search: '', hash: '' },
    navigator: { userAgent: '' },
    document: {
      createElement: element,
      addEventListener: nothing,
      querySelector: () => null,
      getElementsByTagName: () => [],
      documentElement: { style: {} },
    },
    console: { error: nothing, warn: nothing, log: nothing },
    fetch: () => new Promise(nothing),
    setTimeout,
    clearTimeout,
    URL,
    URLSearchParams,
    Headers,
    Request,
    Response,
    FormData,
    Blob,
    File,
    AbortController,
    EventTarget,
    Event,
    TextEncoder,
    TextDecoder,
    MutationObserver: class {},
    Element: class {},
    HTMLElement: class {},
    Node: class {},
  }
  window['window'] = window
  window['self'] = window
  const context = createContext(window)
  const page = await service.ask('GET', path)
  const sources = [...page.text.matchAll(/<script src="([^"]+)"/g)].map(([, source]) => source!)
  expect(sources).to.have.lengthOf(2)
  const [library, start] = await Promise.all(sources.map(async (source) => (await service.ask('GET', source)).text))
  runInContext(library!, context)
  const build = window['SwaggerUIBundle'] as (options: object) => { getSystem(): Viewer }
  // Without a place in the page nothing is drawn.
  window['SwaggerUIBundle'] = (options: object) => build({ ...options, dom_id: null })
  return (runInContext(start!, context) as { getSystem(): Viewer }).getSystem()
}

describeOnDrivers('The page of the OpenAPI document', (serving) => {
  it('shows a closed lock where somebody signed in, and an open one where nobody did or must', async () => {
    const dataSource = createDataSource({ type: 'sqlite', database: ':memory:', entities: [Note] })
    const service = await serving.serve({
      viewSets: [NoteViewSet],
      dataSource,
      authenticate: () => null,
      openapi: { title: 'Notes', version: '1.0.0', page: '/docs' },
    })
    try {
      const { get, post } = service.application.openapi().paths['/notes']!
      const viewer = await viewerAt(service, '/docs')
      const isClosed = ({ security }: { readonly security: unknown }) =>
        viewer.authSelectors.isAuthorized(viewer.Im.fromJS(security))
      expect([isClosed(get!), isClosed(post!)]).to.deep.equal([false, false])
      viewer.authActions.authorize({ token: { name: 'token', schema: { type: 'http' }, value: 'x' } })
      expect([isClosed(get!), isClosed(post!)]).to.deep.equal([true, true])
    } finally {
      await service.close()
    }
  })
})
