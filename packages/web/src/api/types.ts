import type { components } from '@facedex/client';

type Schemas = components['schemas'];
export type Box = Schemas['Box'];
export type Cluster = Schemas['Cluster'];
export type Detected = Schemas['Detected'];
export type Enrolled = Schemas['Enrolled'];
export type Face = Schemas['Face'];
export type Gallery = Schemas['Gallery'];
export type Job = Schemas['Job'];
export type Match = Schemas['Match'];
export type Me = Schemas['Me'];
export type Person = Schemas['Person'];
export type PersonMatch = Schemas['PersonMatch'];
export type PersonRef = Schemas['PersonRef'];
export type Verification = Schemas['Verification'];
