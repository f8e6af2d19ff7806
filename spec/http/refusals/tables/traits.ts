import type { RefusalTable } from '../refusal.js'
import {
  Draft,
  DraftViewSet,
  Gadget,
  GadgetViewSet,
  OwnDraftViewSet,
  Player,
  PlayerViewSet,
  Room,
  RoomViewSet,
  Team,
  TeamViewSet,
  Trophy,
} from './guarded.js'

/** What traits and scopes refuse of rows and of their deletion. */
export const traits: RefusalTable = {
  title: 'scopes, metadata, keys of clients, deletion policies',
  entities: [Room, Gadget, Draft, Team, Player, Trophy],
  viewSets: [RoomViewSet, GadgetViewSet, DraftViewSet, OwnDraftViewSet, TeamViewSet, PlayerViewSet],
  store: async (dataSource) => {
    const gadget = await dataSource.getRepository(Gadget).save({ name: 'a', metadata: { size: 'large' } })
    const [draft] = await dataSource.getRepository(Draft).save([{ owner: 'ada' }])
    const [team, gone] = await dataSource.getRepository(Team).save([{ name: 'a' }, { name: 'gone' }])
    await dataSource.getRepository(Player).save([{ team: team! }, { team: team! }])
    await dataSource.getRepository(Team).delete(gone!.id)
    await dataSource.getRepository(Trophy).save({ draft: draft! })
    return { gadget: gadget.id, draft: draft!.id, team: team!.id, gone: gone!.id }
  },
  refusals: [
    {
      when: 'a scope asks for what is not known',
      ask: 'GET /rooms',
      answer: {
        type: 'urn:problem:context_missing',
        title: 'Context missing',
        status: 403,
        code: 'CONTEXT_MISSING',
        detail: 'This depends on something of the caller that is not known.',
        instance: '/rooms',
      },
    },
    {
      when: 'a scope asks for what is not known of a new row',
      ask: 'POST /rooms',
      body: { name: 'a' },
      answer: {
        type: 'urn:problem:context_missing',
        title: 'Context missing',
        status: 403,
        code: 'CONTEXT_MISSING',
        detail: 'This depends on something of the caller that is not known.',
        instance: '/rooms',
      },
    },
    {
      when: 'the row would leave the scope',
      ask: 'PATCH /own-drafts/{draft}',
      as: 'ada',
      body: { owner: 'bob' },
      answer: {
        type: 'urn:problem:outside_scope',
        title: 'Outside scope',
        status: 403,
        code: 'OUTSIDE_SCOPE',
        detail: 'The row would no longer be yours.',
        instance: '/own-drafts/{draft}',
      },
    },
    {
      when: 'the key of the client is in use',
      ask: 'POST /drafts',
      body: { id: '{draft}', owner: 'bob' },
      answer: {
        type: 'urn:problem:duplicate_id',
        title: 'Duplicate id',
        status: 409,
        code: 'DUPLICATE_ID',
        detail: 'There is already a record with the same id.',
        instance: '/drafts',
        errors: [{ pointer: '#/id', code: 'unique', message: 'is already in use' }],
      },
    },
    {
      when: 'the key of the client is none',
      ask: 'POST /drafts',
      body: { id: 'nonsense', owner: 'bob' },
      answer: {
        type: 'urn:problem:validation_error',
        title: 'Validation error',
        status: 400,
        code: 'VALIDATION_ERROR',
        detail: 'The body is invalid in one place.',
        instance: '/drafts',
        errors: [{ pointer: '#/id', code: 'uuid', message: 'must be a UUID' }],
      },
    },
    {
      when: 'others refer to the row',
      ask: 'DELETE /drafts/{draft}',
      answer: {
        type: 'urn:problem:referenced',
        title: 'Referenced',
        status: 409,
        code: 'REFERENCED',
        detail: 'Other records still refer to this one.',
        instance: '/drafts/{draft}',
      },
    },
    {
      when: 'others keep the row',
      ask: 'DELETE /teams/{team}',
      answer: {
        type: 'urn:problem:restricted',
        title: 'Restricted',
        status: 409,
        code: 'RESTRICTED',
        detail: 'This Team cannot be deleted while other rows refer to it.',
        instance: '/teams/1',
      },
    },
    {
      when: 'the row would belong to a deleted one',
      ask: 'POST /players',
      body: { team: '{gone}' },
      answer: {
        type: 'urn:problem:validation_error',
        title: 'Validation error',
        status: 400,
        code: 'VALIDATION_ERROR',
        detail: 'The body is invalid in one place.',
        instance: '/players',
        errors: [{ pointer: '#/team', code: 'not_found', message: 'refers to no row that you may see' }],
      },
    },
    {
      when: 'metadata is too deep',
      ask: 'PATCH /gadgets/{gadget}',
      body: { metadata: { a: { b: { c: 1 } } } },
      answer: {
        type: 'urn:problem:validation_error',
        title: 'Validation error',
        status: 400,
        code: 'VALIDATION_ERROR',
        detail: 'This Gadget holds what it may not hold.',
        instance: '/gadgets/1',
        errors: [{ pointer: '#/metadata/a/b', code: 'maxDepth', message: 'is nested too deeply' }],
      },
    },
    {
      when: 'a path leads through what is no object',
      ask: 'POST /gadgets/{gadget}/set-metadata',
      body: { path: ['size', 'unit'], value: 1 },
      answer: {
        type: 'urn:problem:not_an_object',
        title: 'Not an object',
        status: 409,
        code: 'NOT_AN_OBJECT',
        detail: '"unit" cannot be set inside of what is no object.',
        instance: '/gadgets/1/set-metadata',
      },
    },
    {
      when: 'a path is none',
      ask: 'POST /gadgets/{gadget}/set-metadata',
      body: { path: 'size', value: 1 },
      answer: {
        type: 'urn:problem:invalid_path',
        title: 'Invalid path',
        status: 400,
        code: 'INVALID_PATH',
        detail: 'A path is a list of names, without null characters and halves of characters.',
        instance: '/gadgets/1/set-metadata',
      },
    },
    {
      when: 'what is counted is no number',
      ask: 'POST /gadgets/{gadget}/increment-metadata',
      body: { path: ['size'], by: 1 },
      answer: {
        type: 'urn:problem:not_a_number',
        title: 'Not a number',
        status: 409,
        code: 'NOT_A_NUMBER',
        detail: 'What is stored there is not a number.',
        instance: '/gadgets/1/increment-metadata',
      },
    },
    {
      when: 'a patch is no object',
      ask: 'POST /gadgets/{gadget}/merge-metadata',
      body: { patch: 7 },
      answer: {
        type: 'urn:problem:invalid_patch',
        title: 'Invalid patch',
        status: 400,
        code: 'INVALID_PATCH',
        detail: 'A merge patch must be an object.',
        instance: '/gadgets/1/merge-metadata',
      },
    },
  ],
}
