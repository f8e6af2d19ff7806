import { expect } from 'chai'
import {
  actionsOf,
  anyone,
  type Call,
  type Constructor,
  CreateMixin,
  DefinitionError,
  GenericViewSet,
  ListMixin,
  Mistakes,
  ModelViewSet,
  PaginationMixin,
  type PlacedStep,
  Reply,
  type RowCall,
  role,
  rowRule,
  Serializer,
  type StandardAction,
  signedIn,
  UpdateMixin,
  ViewSet,
} from 'plinth'
import { Action, Resource } from 'plinth/decorators'
import { stepsOf } from '../../src/http/actions-of.js'

class City {
  id!: number
  name!: string
}
class CitySerializer extends Serializer(City, { fields: ['id', 'name'] }) {}

const admin = role('admin')
const serializer = CitySerializer
const all = { serializer, permissions: { list: anyone, '*': admin } } as const

function compiled(viewSet: Constructor) {
  const mistakes = new Mistakes()
  const actions = actionsOf(viewSet, mistakes)
  mistakes.throwIfAny()
  return actions
}
const routesOf = (viewSet: Constructor) =>
  compiled(viewSet).map(({ name, method, route, permission }) => `${name} ${method} ${route} ${permission.name}`)
function problemsOf(viewSet: Constructor) {
  const mistakes = new Mistakes()
  actionsOf(viewSet, mistakes)
  return mistakes.found.map(({ code, subject, problem }) => `${code} ${subject} ${problem}`)
}

function routesOfOnly(...only: readonly StandardAction[]) {
  @Resource('/x')
  class Some extends ModelViewSet(City, { serializer, only, permissions: { '*': anyone } }) {}
  return compiled(Some).map(({ name }) => name)
}

const placed = (name: string): PlacedStep => ({ step: { name, for: () => undefined }, after: 'act' })

abstract class Cities extends ModelViewSet(City, all) {
  @Action({ method: 'post', on: 'row', path: 'publish', allow: signedIn })
  publish({ row }: RowCall<City>) {
    return row
  }
  @Action({ method: 'get', on: 'collection', allow: anyone })
  statistics(): Reply {
    return Reply.json({})
  }
}
@Resource('/cities')
class CityViewSet extends Cities {}
@Resource('/towns/')
class TownViewSet extends Cities {
  override publish(call: RowCall<City>) {
    return super.publish(call)
  }
  @Action({ method: 'get', on: 'collection', path: 'figures', allow: admin })
  override statistics(): Reply {
    return super.statistics()
  }
}

describe('Actions', () => {
  it('have the routes of their class, literal ones first', () => {
    expect(routesOf(CityViewSet)).to.deep.equal([
      'list get /cities anyone',
      'create post /cities role(admin)',
      'statistics get /cities/statistics anyone',
      'retrieve get /cities/:id role(admin)',
      'update put /cities/:id role(admin)',
      'partialUpdate patch /cities/:id role(admin)',
      'destroy delete /cities/:id role(admin)',
      'publish post /cities/:id/publish signedIn',
    ])
  })

  it('keep route and permission under an undecorated override, and change both under a decorated one', () => {
    expect(routesOf(TownViewSet)).to.include.members([
      'publish post /towns/:id/publish signedIn',
      'statistics get /towns/figures role(admin)',
    ])
    expect(routesOf(TownViewSet)).to.have.length(8)
    expect(routesOf(CityViewSet)).to.include('statistics get /cities/statistics anyone')
  })

  it('know what they are about, whether they write, and where they were declared', () => {
    const [list, create] = compiled(CityViewSet)
    expect(list).to.include({ entity: City, viewSet: CityViewSet, writes: false, paginated: true, on: 'collection' })
    expect(create).to.include({ writes: true, input: 'create', status: 201 })
    expect(list?.place).to.match(/actions\.spec\.[jt]s:\d+:\d+$/)
    expect(Object.isFrozen(list)).to.equal(true)
  })

  it('are those of any mixture on a generic base', () => {
    @Resource('/mixed')
    class Mixed extends CreateMixin(ListMixin(GenericViewSet(City, { serializer }), { allow: anyone }), {
      allow: signedIn,
    }) {}
    @Resource('/patched')
    class Patched extends UpdateMixin(GenericViewSet(City, { serializer }), { allow: { partialUpdate: admin } }) {}
    expect(routesOf(Mixed)).to.deep.equal(['list get /mixed anyone', 'create post /mixed signedIn'])
    expect(routesOf(Patched)).to.deep.equal(['partialUpdate patch /patched/:id role(admin)'])
  })

  it('are those of `only`', () => {
    expect(routesOfOnly('retrieve')).to.deep.equal(['retrieve'])
    expect(routesOfOnly('update', 'list')).to.deep.equal(['list', 'update'])
    expect(routesOfOnly()).to.deep.equal([])
  })

  it('need no entity', () => {
    @Resource('/status')
    class Status extends ViewSet {
      @Action({ method: 'get', on: 'collection', path: '', allow: anyone })
      read() {
        return Reply.json({ up: true })
      }
    }
    expect(routesOf(Status)).to.deep.equal(['read get /status anyone'])
    expect(compiled(Status)[0]).to.not.have.property('model')
  })

  it('share what their viewset says of its entity, as mixins change it', () => {
    @Resource('/cities')
    class Small extends PaginationMixin(Cities, { style: 'page', size: 5 }) {}
    expect(compiled(Small)[0]?.model?.pagination).to.deep.equal({ style: 'page', size: 5 })
    expect(compiled(CityViewSet)[0]?.model?.pagination).to.deep.equal({ style: 'page' })
    expect(() => PaginationMixin(class extends ViewSet {} as never, { style: 'page' })).to.throw(
      DefinitionError,
      'E_VIEWSET',
    )
  })

  it('collect the steps of ancestors, base class first and each once', () => {
    abstract class Base extends Cities {
      static override readonly steps: readonly PlacedStep[] = [placed('base')]
    }
    abstract class Silent extends Base {}
    @Resource('/x')
    class Own extends Silent {
      static override readonly steps: readonly PlacedStep[] = [...Base.steps, placed('own')]
    }
    expect(stepsOf(Own).map(({ step }) => step.name)).to.deep.equal(['base', 'own'])
  })

  describe('that are mistakes', () => {
    it('have no path, or several', () => {
      class Nowhere extends CityViewSet {}
      @Resource('/a')
      @Resource('/b')
      class Twice extends Cities {}
      expect(problemsOf(Nowhere)).to.deep.equal(['E_RESOURCE Nowhere it has no path.'])
      expect(problemsOf(Twice)).to.deep.equal(['E_RESOURCE Twice it has several paths.'])
    })

    it('have no permission, where the types were silenced', () => {
      @Resource('/x')
      class Open extends ModelViewSet(City, { serializer, permissions: { list: anyone } as never }) {
        @Action({ method: 'get', on: 'collection', allow: undefined as never })
        hole() {
          return Reply.json({})
        }
      }
      expect(problemsOf(Open)).to.have.members(
        ['create', 'retrieve', 'update', 'partialUpdate', 'destroy', 'hole'].map(
          (name) => `E_NO_PERMISSION Open.${name} it has no permission.`,
        ),
      )
      expect(actionsOf(Open, new Mistakes()).map(({ name }) => name)).to.deep.equal(['list'])
    })

    it('have a rule about rows, and no row', () => {
      const mine = rowRule<City>('mine', () => true)
      @Resource('/x')
      class Rows extends ModelViewSet(City, { serializer, permissions: { create: signedIn, '*': mine } }) {}
      expect(problemsOf(Rows)).to.deep.equal([
        'E_PERMISSION_ROW Rows.list its permission mine decides by row, but it acts on the collection, where there is none.',
      ])
    })

    it('answer the same route', () => {
      @Resource('/x')
      class Twins extends Cities {
        @Action({ method: 'get', on: 'collection', path: ':other', allow: anyone })
        twin(_call: Call) {
          return Reply.json({})
        }
      }
      expect(problemsOf(Twins)).to.deep.equal(['E_ROUTE_TAKEN Twins retrieve and twin both answer GET /x/:other.'])
    })

    it('are declared for what is no method', () => {
      @Resource('/x')
      class Broken extends Cities {}
      Object.defineProperty(Broken.prototype, 'publish', { value: 'text' })
      expect(problemsOf(Broken)).to.deep.equal([
        'E_ACTION Broken.publish it is declared as an action but is no method.',
      ])
    })
  })
})

describe('A reply of JSON', () => {
  it('is made of no promise', () => {
    expect(() => Reply.json(Promise.resolve(1))).to.throw('E_REPLY')
    expect(() => Reply.json(new Map([['a', 1]]))).to.throw('a Map is no JSON; make a list or an object of it')
    for (const value of [new Set([1]), () => 1, Symbol('a')]) expect(() => Reply.json(value)).to.throw('E_REPLY')
    expect(() => Reply.json({ size: [1n] })).to.throw(/bigint its text, String.*\n\[E_REPLY\]/i)
  })
})
