// Generated from openapi.json by scripts/generate.mjs: don't edit.

export interface paths {
    "/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The process answers */
        get: operations["health"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/ready": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The models are loaded and requests are taken */
        get: operations["ready"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/version": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Of facedex and of the API */
        get: operations["version"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** For Prometheus */
        get: operations["metrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What the key of the request may do, and the limits */
        get: operations["getMe"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Who did what, the newest first
         * @description By ids that say nothing once what they name is deleted. Who saw a photo: the entries with its faces, which `GET …/photos/{photo}` lists.
         */
        get: operations["listAudit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/galleries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The galleries that one may see */
        get: operations["listGalleries"];
        put?: never;
        /** An empty gallery, tied to one model for good */
        post: operations["createGallery"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/galleries/{gallery}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What a gallery holds, and what it takes */
        get: operations["getGallery"];
        put?: never;
        post?: never;
        /** Deletes a gallery with everything in it */
        delete: operations["deleteGallery"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/galleries/{gallery}/tags": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Tags, and how many photos and people have them */
        get: operations["listTags"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/galleries/{gallery}/people": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Everybody, ordered by name */
        get: operations["listPeople"];
        put?: never;
        /** A person, who may have no photo yet */
        post: operations["createPerson"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/galleries/{gallery}/people/{person}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One person */
        get: operations["getPerson"];
        put?: never;
        post?: never;
        /**
         * Deletes a person: name, photos, faces, embeddings, pictures
         * @description When it answers, nothing of the person is in a file of the gallery any more. Photos that show others too are kept.
         */
        delete: operations["deletePerson"];
        options?: never;
        head?: never;
        /**
         * Another name, other tags, another end of the consent
         * @description `tags` replaces all tags. A name that somebody else has is refused: merge.
         */
        patch: operations["changePerson"];
        trace?: never;
    };
    "/v1/galleries/{gallery}/people/{person}/merge": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Others are this person: their photos, faces and tags become theirs
         * @description Where the end of the consent is not the same for all, it needs the role admin.
         */
        post: operations["mergePeople"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/galleries/{gallery}/photos": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Photos, in the order in which they came */
        get: operations["listPhotos"];
        put?: never;
        /**
         * Enrols the faces of a photo
         * @description Send a form (`photo` and the options as fields), JSON (`photo` in Base64) or the bytes of the picture with the options in the query. The same photo again changes nothing (200).
         */
        post: operations["enrolPhoto"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/galleries/{gallery}/photos/batch": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Enrols many photos, and tells of each as it is done
         * @description A form whose `photo` fields are pictures. Options go before the photos that they are for, and hold until they are given again (`person` empty: nobody). The answer is a line of JSON (NDJSON) for each photo, as it is done, and a last one with the totals. What was told is enrolled, also when the connection breaks. Where the form itself is wrong, such as cut off or with an option after the last photo, a line without `index` says so.
         */
        post: operations["enrolPhotos"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/galleries/{gallery}/photos/{photo}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One photo with its faces */
        get: operations["getPhoto"];
        put?: never;
        post?: never;
        /** Deletes a photo with its faces and its picture */
        delete: operations["deletePhoto"];
        options?: never;
        head?: never;
        /** Says whom a photo shows, or gives it other tags */
        patch: operations["changePhoto"];
        trace?: never;
    };
    "/v1/galleries/{gallery}/photos/{photo}/picture": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The photo, upright, scaled down, without metadata (JPEG) */
        get: operations["getPhotoPicture"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/galleries/{gallery}/faces": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All faces, a person's, a photo's or a cluster's, ordered by id */
        get: operations["listFaces"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/galleries/{gallery}/faces/{face}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One face */
        get: operations["getFace"];
        put?: never;
        post?: never;
        /** Deletes a face; its photo too, when it shows no other */
        delete: operations["deleteFace"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/galleries/{gallery}/faces/name": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Says who faces are, or moves them to another person
         * @description A face that is the only one of a photo that was enrolled for a person takes the photo along. Where such a photo has several faces, change the photo.
         */
        post: operations["nameFaces"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/galleries/{gallery}/faces/{face}/picture": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A square picture of a face (JPEG) */
        get: operations["getFacePicture"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/galleries/{gallery}/search": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * The faces or people that are most like a face
         * @description Send a form (`photo` and the options as fields), the bytes of a picture with the options in the query, or JSON with one of `photo` (Base64), `storedFace` and `embedding`.
         */
        post: operations["search"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/galleries/{gallery}/identify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Who it is: a known person, nobody known, or one of two
         * @description Send a form (`photo` and the options as fields), the bytes of a picture with the options in the query, or JSON with one of `photo` (Base64), `storedFace` and `embedding`.
         */
        post: operations["identify"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/galleries/{gallery}/classify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Who it is, by a classifier that a `train` job made
         * @description Send a form (`photo` and the options as fields), the bytes of a picture with the options in the query, or JSON with one of `photo` (Base64), `storedFace` and `embedding`. The classifier is in memory only: it goes with a restart, and when somebody is deleted.
         */
        post: operations["classify"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/galleries/{gallery}/compare": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * The comparison picture: the probe first, then its nearest faces
         * @description Send a form (`photo` and the options as fields), the bytes of a picture with the options in the query, or JSON with one of `photo` (Base64), `storedFace` and `embedding`. The answer's `X-Search-Ms` is the time of the search.
         */
        post: operations["compare"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/detect": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Every face of a picture; none is not an error
         * @description Send a form, JSON with `photo` in Base64, or the bytes of a picture with the options in the query.
         */
        post: operations["detect"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/verify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Whether two faces are of the same person
         * @description Send a form with the pictures `a` and `b`, or JSON where each is a `photo` in Base64, a `storedFace` of the gallery, or an `embedding`.
         */
        post: operations["verify"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/galleries/{gallery}/clusters": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Clusters, the largest first
         * @description Make them with a job: `POST jobs {"kind": "cluster"}`. Faces: `faces?cluster=`.
         */
        get: operations["listClusters"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/galleries/{gallery}/clusters/{cluster}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Says who a cluster is
         * @description Where the person has a cluster already, the two become one.
         */
        patch: operations["nameCluster"];
        trace?: never;
    };
    "/v1/galleries/{gallery}/clusters/{cluster}/merge": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Says that other clusters are the same person as this one */
        post: operations["mergeClusters"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/galleries/{gallery}/clusters/move": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Moves faces to another cluster, or into a new one */
        post: operations["moveFaces"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/galleries/{gallery}/clusters/reject": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Says that faces are not the person of their cluster
         * @description They leave it, and no later run puts them back.
         */
        post: operations["rejectFaces"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/galleries/{gallery}/jobs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Starts long work in the background */
        post: operations["startJob"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/jobs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Jobs, the newest first */
        get: operations["listJobs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/jobs/{job}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How far a job is */
        get: operations["getJob"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/jobs/{job}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How far a job is, as server-sent events, until it ends
         * @description Each `data:` is a Job.
         */
        get: operations["watchJob"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/jobs/{job}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ends a job early; what it did by then stays
         * @description `expire` needs the role admin.
         */
        post: operations["cancelJob"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description RFC 9457 problem details. */
        Problem: {
            /** @description `urn:facedex:error:` and the code. */
            type: string;
            /** @description What the code means. */
            title: string;
            status: number;
            /** @description Branch on this: see docs/errors.md. */
            code: string;
            /** @description What was expected, what was received, what to do. */
            detail: string;
        };
        /** @description In pixels of the upright photo; it may reach beyond the edges. */
        Box: {
            x: number;
            y: number;
            width: number;
            height: number;
        };
        /** @description Who it is. */
        PersonRef: {
            /** @description Never used again for somebody else. */
            id: string;
            name: string;
        };
        Person: {
            /** @description Never used again for somebody else. */
            id: string;
            name: string;
            tags: string[];
            /** @description Photos that show the person. */
            photos: number;
            faces: number;
            face: number | null;
            /** Format: date-time */
            createdAt: string;
            /**
             * Format: date-time
             * @description Last enrolled or identified; to the day.
             */
            lastSeenAt: string;
            consentUntil: string | null;
        };
        /** @description A face of the gallery. */
        Face: {
            id: number;
            /** @description SHA-256 of the photo file's content. */
            photo: string;
            person: components["schemas"]["PersonRef"] | null;
            cluster: number | null;
            box: components["schemas"]["Box"];
            /** @description Left eye, right eye, nose, left and right corner of the mouth; [x, y] each. */
            landmarks: number[][];
            /** @description The detector's confidence, 0 to 1. */
            score: number;
        };
        /** @description `person`: whom the photo was enrolled for; its faces carry that name. */
        Photo: {
            /** @description SHA-256 of the photo file's content. */
            id: string;
            person: components["schemas"]["PersonRef"] | null;
            width: number;
            height: number;
            /** @enum {string} */
            outcome: "enrolled" | "no-face" | "several-faces" | "unreadable";
            reason: string | null;
            /** @description As told with the upload, else when that came; of `facedex index` the time of the file. */
            takenAt: string;
            faces: number;
            tags: string[];
            /** @description Whether pictures of it can be had. */
            hasPicture: boolean;
        };
        /** @description How well a face can be recognised. */
        Quality: {
            /** @description The product of the five below, 0 to 1. */
            score: number;
            size: number;
            sharpness: number;
            frontality: number;
            exposure: number;
            detection: number;
            /** @description Degrees. */
            pose: {
                yaw: number;
                pitch: number;
                roll: number;
            };
        };
        /** @description How often a face of somebody else is at least so near. */
        FalseMatchRate: {
            rate: number;
            /** @enum {string} */
            kind: "measured" | "at-most";
        };
        /** @description A face of the gallery that is near the probe. */
        Match: {
            rank: number;
            face: number;
            /** @description SHA-256 of the photo file's content. */
            photo: string;
            person: components["schemas"]["PersonRef"] | null;
            box: components["schemas"]["Box"];
            /** @description Euclidean distance of two embeddings; lower is closer. */
            distance: number;
            /** @description Cosine, -1 to 1; higher is closer. */
            similarity: number;
            /** @description Whether the distance is within the threshold. */
            known: boolean;
            falseMatchRate: components["schemas"]["FalseMatchRate"] | null;
        };
        /** @description A person who is like the probe. */
        PersonMatch: {
            rank: number;
            person: components["schemas"]["PersonRef"];
            /** @description Euclidean distance of two embeddings; lower is closer. */
            distance: number;
            similarity: number;
            known: boolean;
            /** @description That were counted, nearest first. */
            faces: components["schemas"]["Match"][];
        };
        /** @description The face of the picture that was asked about. */
        Probe: {
            box: components["schemas"]["Box"];
            /** @description How many faces the picture shows. */
            facesSeen: number;
            liveness: number | null;
        };
        /** @description Faces that were found, or said, to be one person. */
        Cluster: {
            id: number;
            person: components["schemas"]["PersonRef"] | null;
            faces: number;
            /** @description Faces that a correction has confirmed. */
            confirmed: number;
            face: number | null;
        };
        /** @description Long work in the background. */
        Job: {
            id: string;
            /** @description Lower-case letters, digits, - and _; at most 63. */
            gallery: string;
            /** @enum {string} */
            kind: "cluster" | "train" | "expire";
            /** @enum {string} */
            state: "queued" | "running" | "done" | "failed" | "cancelled";
            done: number;
            total: number | null;
            /** Format: date-time */
            createdAt: string;
            finishedAt: string | null;
            result: {
                [key: string]: number;
            } | null;
            error: {
                code: string;
                detail: string;
            } | null;
        };
        /** @description How much was deleted. */
        Removal: {
            faces: number;
            photos: number;
        };
        Version: {
            version: string;
            api: string;
        };
        Me: {
            key: string | null;
            /** @enum {string} */
            role: "read" | "enrol" | "admin";
            galleries: string[] | null;
            limits: {
                uploadBytes: number;
                photoPixels: number;
                photosPerBatch: number;
            };
            /** @description Whether pictures of uploads can be had later. */
            keepsPhotos: boolean;
        };
        AuditEntry: {
            /** Format: date-time */
            time: string;
            key: string | null;
            address: string;
            action: string;
            gallery: string | null;
            people: string[];
            /** @description Of a photo all of its faces. */
            faces: number[];
        };
        GallerySummary: {
            /** @description Lower-case letters, digits, - and _; at most 63. */
            name: string;
            model: string | null;
        };
        Gallery: {
            /** @description Lower-case letters, digits, - and _; at most 63. */
            name: string;
            model: string;
            dimension: number;
            /** Format: date-time */
            createdAt: string;
            people: number;
            photos: number;
            faces: number;
            unnamedFaces: number;
            /** @description Grows with every face that comes or goes. */
            lastChange: number;
            threshold: number | null;
            databaseBytes: number;
            index: {
                /** @description In FAISS's words. */
                factory: string;
                why: string;
                size: number;
                /** @description Memory that the vector of one face takes. */
                vectorBytes: number;
                fileBytes: number;
                recall: number | null;
            };
            /** @description False while another process writes to it. */
            canWrite: boolean;
        };
        Enrolled: {
            /** @enum {string} */
            outcome: "added" | "unchanged";
            photo: components["schemas"]["Photo"];
            faces: components["schemas"]["Face"][];
            /** @description Also those that were not enrolled. */
            facesSeen: number;
        };
        /** @description `probe` is null where no picture was sent. */
        SearchResult: {
            model: string;
            /** @description Euclidean distance of two embeddings; lower is closer. */
            threshold: number;
            probe: components["schemas"]["Probe"] | null;
            /** @description Time of the search itself, in milliseconds. */
            searchMs: number;
            /** @description Time to find and embed the face of the picture. */
            analyseMs: number;
            /** @description Nearest first; empty with `group: person`. */
            matches: components["schemas"]["Match"][];
            /** @description Nearest first; empty with `group: face`. */
            people: components["schemas"]["PersonMatch"][];
        };
        /** @description `ambiguous`: two people are about as near. */
        Identification: {
            model: string;
            /** @description Euclidean distance of two embeddings; lower is closer. */
            threshold: number;
            probe: components["schemas"]["Probe"] | null;
            /** @description Time of the search itself, in milliseconds. */
            searchMs: number;
            /** @description Time to find and embed the face of the picture. */
            analyseMs: number;
            /** @enum {string} */
            verdict: "known" | "unknown" | "ambiguous";
            person: components["schemas"]["PersonRef"] | null;
            distance: number | null;
            similarity: number | null;
            nearest: components["schemas"]["Match"] | null;
            runnerUp: {
                person: components["schemas"]["PersonRef"];
                /** @description Euclidean distance of two embeddings; lower is closer. */
                distance: number;
                similarity: number;
            } | null;
            margin: number | null;
            templates: string;
            falseMatchRate: components["schemas"]["FalseMatchRate"] | null;
            falsePositiveRate: number | null;
            comparisons: number;
        };
        /** @description `person` is null where it is unknown. */
        Classification: {
            person: components["schemas"]["PersonRef"] | null;
            probability: number;
            ranking: {
                person: components["schemas"]["PersonRef"];
                probability: number;
            }[];
            probe: components["schemas"]["Probe"] | null;
        };
        Detected: {
            /** @description Of the upright picture. */
            width: number;
            height: number;
            model: string;
            /** @description Largest first. */
            faces: {
                /** @description `faceIndex` of the other operations. */
                index: number;
                box: components["schemas"]["Box"];
                landmarks: number[][];
                score: number;
                quality: components["schemas"]["Quality"];
                liveness: number | null;
                embedding: number[] | null;
            }[];
        };
        Verification: {
            same: boolean;
            /** @description Euclidean distance of two embeddings; lower is closer. */
            distance: number;
            similarity: number;
            /** @description Euclidean distance of two embeddings; lower is closer. */
            threshold: number;
            falseMatchRate: components["schemas"]["FalseMatchRate"] | null;
            model: string;
            a: components["schemas"]["Probe"] | null;
            b: components["schemas"]["Probe"] | null;
        };
        /** @description `expire` needs the role admin. */
        NewJob: {
            /** @enum {string} */
            kind: "cluster" | "train" | "expire";
        } & ({
            /**
             * @description Groups the faces whose person nobody has named.
             * @enum {string}
             */
            kind: "cluster";
            threshold?: number;
            /** @description Two faces of a photo may be one person, as in a collage. */
            allowSamePhoto?: boolean;
            /** @description Groups anew what no correction has confirmed. */
            afresh?: boolean;
        } | {
            /**
             * @description Trains the classifier that `classify` asks.
             * @enum {string}
             */
            kind: "train";
            /** @enum {string} */
            classifier?: "knn" | "logistic" | "svm";
            /** @description Of each person; default 4. */
            minFaces?: number;
        } | {
            /**
             * @description Deletes people whose consent has ended, or who have not been seen for long.
             * @enum {string}
             */
            kind: "expire";
        });
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    health: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status: string;
                    };
                };
            };
        };
    };
    ready: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status: string;
                    };
                };
            };
            /** @description Not yet, or no more. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    version: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Version"];
                };
            };
        };
    };
    metrics: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Prometheus's text format. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            /** @description A problem (RFC 9457). */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem (RFC 9457). */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getMe: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Me"];
                };
            };
            /** @description A problem (RFC 9457). */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem (RFC 9457). */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listAudit: {
        parameters: {
            query?: {
                /** @description `next` of the page before; don't take it apart. */
                cursor?: string;
                limit?: number;
                /** @description Lower-case letters, digits, - and _; at most 63. */
                gallery?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["AuditEntry"][];
                        next: string | null;
                    };
                };
            };
            /** @description A problem (RFC 9457). */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem (RFC 9457). */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listGalleries: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["GallerySummary"][];
                    };
                };
            };
            /** @description A problem (RFC 9457). */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem (RFC 9457). */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createGallery: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Lower-case letters, digits, - and _; at most 63. */
                    name: string;
                    /** @description Embedder; default that of the server. */
                    model?: string;
                };
            };
        };
        responses: {
            /** @description Default Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Gallery"];
                };
            };
            /** @description A problem (RFC 9457). */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem (RFC 9457). */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getGallery: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Lower-case letters, digits, - and _; at most 63. */
                gallery: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Gallery"];
                };
            };
            /** @description A problem (RFC 9457). */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem (RFC 9457). */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteGallery: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Lower-case letters, digits, - and _; at most 63. */
                gallery: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description How much was deleted. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Removal"];
                };
            };
            /** @description A problem (RFC 9457). */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem (RFC 9457). */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listTags: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Lower-case letters, digits, - and _; at most 63. */
                gallery: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            tag: string;
                            photos: number;
                            people: number;
                        }[];
                    };
                };
            };
            /** @description A problem (RFC 9457). */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem (RFC 9457). */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listPeople: {
        parameters: {
            query?: {
                /** @description `next` of the page before; don't take it apart. */
                cursor?: string;
                limit?: number;
                /** @description Only names with this in them, in any case. */
                name?: string;
                tag?: string;
            };
            header?: never;
            path: {
                /** @description Lower-case letters, digits, - and _; at most 63. */
                gallery: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Person"][];
                        next: string | null;
                    };
                };
            };
            /** @description A problem (RFC 9457). */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem (RFC 9457). */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createPerson: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Lower-case letters, digits, - and _; at most 63. */
                gallery: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    name: string;
                    tags?: string[];
                    consentUntil?: string | null;
                };
            };
        };
        responses: {
            /** @description Default Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Person"];
                };
            };
            /** @description A problem (RFC 9457). */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem (RFC 9457). */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getPerson: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Lower-case letters, digits, - and _; at most 63. */
                gallery: string;
                /** @description Never used again for somebody else. */
                person: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Person"];
                };
            };
            /** @description A problem (RFC 9457). */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem (RFC 9457). */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deletePerson: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Lower-case letters, digits, - and _; at most 63. */
                gallery: string;
                /** @description Never used again for somebody else. */
                person: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description How much was deleted. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Removal"];
                };
            };
            /** @description A problem (RFC 9457). */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem (RFC 9457). */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    changePerson: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Lower-case letters, digits, - and _; at most 63. */
                gallery: string;
                /** @description Never used again for somebody else. */
                person: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    name?: string;
                    tags?: string[];
                    consentUntil?: string | null;
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Person"];
                };
            };
            /** @description A problem (RFC 9457). */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem (RFC 9457). */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    mergePeople: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Lower-case letters, digits, - and _; at most 63. */
                gallery: string;
                /** @description Never used again for somebody else. */
                person: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    people: string[];
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Person"];
                };
            };
            /** @description A problem (RFC 9457). */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem (RFC 9457). */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listPhotos: {
        parameters: {
            query?: {
                /** @description `next` of the page before; don't take it apart. */
                cursor?: string;
                limit?: number;
                /** @description Never used again for somebody else. */
                person?: string;
                tag?: string;
            };
            header?: never;
            path: {
                /** @description Lower-case letters, digits, - and _; at most 63. */
                gallery: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Photo"][];
                        next: string | null;
                    };
                };
            };
            /** @description A problem (RFC 9457). */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem (RFC 9457). */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    enrolPhoto: {
        parameters: {
            query?: {
                /** @description Name of the person whom the photo shows, new or known; none: nobody is named. */
                person?: string;
                /** @description Of several faces: take the largest, all as that person's, or refuse the photo. Of a photo of nobody all are taken. */
                faces?: "largest" | "all" | "reject";
                /** @description Lowest quality of a face; default 0.1. */
                minQuality?: number;
                /** @description Also look at it turned. */
                anyOrientation?: boolean;
                tags?: string[];
                /** @description When the photo was taken, for searches by time; default now. */
                takenAt?: string;
            };
            header?: never;
            path: {
                /** @description Lower-case letters, digits, - and _; at most 63. */
                gallery: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * Format: byte
                     * @description The bytes of a picture file in Base64.
                     */
                    photo: string;
                    /** @description Name of the person whom the photo shows, new or known; none: nobody is named. */
                    person?: string;
                    /**
                     * @description Of several faces: take the largest, all as that person's, or refuse the photo. Of a photo of nobody all are taken.
                     * @default largest
                     * @enum {string}
                     */
                    faces?: "largest" | "all" | "reject";
                    /** @description Lowest quality of a face; default 0.1. */
                    minQuality?: number;
                    /** @description Also look at it turned. */
                    anyOrientation?: boolean;
                    tags?: string[];
                    /**
                     * Format: date-time
                     * @description When the photo was taken, for searches by time; default now.
                     */
                    takenAt?: string;
                };
                "multipart/form-data": {
                    /** Format: binary */
                    photo: string;
                    /** @description Name of the person whom the photo shows, new or known; none: nobody is named. */
                    person?: string;
                    /**
                     * @description Of several faces: take the largest, all as that person's, or refuse the photo. Of a photo of nobody all are taken.
                     * @default largest
                     * @enum {string}
                     */
                    faces?: "largest" | "all" | "reject";
                    /** @description Lowest quality of a face; default 0.1. */
                    minQuality?: number;
                    /** @description Also look at it turned. */
                    anyOrientation?: boolean;
                    tags?: string[];
                    /**
                     * Format: date-time
                     * @description When the photo was taken, for searches by time; default now.
                     */
                    takenAt?: string;
                };
                "image/jpeg": string;
                "image/png": string;
                "image/webp": string;
                "image/gif": string;
                "image/tiff": string;
                "image/avif": string;
                "image/heic": string;
                "application/octet-stream": string;
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Enrolled"];
                };
            };
            /** @description Default Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Enrolled"];
                };
            };
            /** @description A problem (RFC 9457). */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem (RFC 9457). */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    enrolPhotos: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Lower-case letters, digits, - and _; at most 63. */
                gallery: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "multipart/form-data": {
                    photo: string[];
                    /** @description Name of the person whom the photo shows, new or known; none: nobody is named. */
                    person?: string;
                    /**
                     * @description Of several faces: take the largest, all as that person's, or refuse the photo. Of a photo of nobody all are taken.
                     * @default largest
                     * @enum {string}
                     */
                    faces?: "largest" | "all" | "reject";
                    /** @description Lowest quality of a face; default 0.1. */
                    minQuality?: number;
                    /** @description Also look at it turned. */
                    anyOrientation?: boolean;
                    tags?: string[];
                    /**
                     * Format: date-time
                     * @description When the photo was taken, for searches by time; default now.
                     */
                    takenAt?: string;
                };
            };
        };
        responses: {
            /** @description A line for each photo, then one with `total`. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/x-ndjson": {
                        index: number | null;
                        filename: string | null;
                        person: string | null;
                        /** @enum {string} */
                        outcome: "added" | "unchanged" | "refused";
                        photo: string | null;
                        faces: number;
                        code: string | null;
                        detail: string | null;
                    } | {
                        total: number;
                        added: number;
                        unchanged: number;
                        refused: number;
                    };
                };
            };
            /** @description A problem (RFC 9457). */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem (RFC 9457). */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getPhoto: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Lower-case letters, digits, - and _; at most 63. */
                gallery: string;
                /** @description SHA-256 of the photo file's content. */
                photo: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        photo: components["schemas"]["Photo"];
                        faces: components["schemas"]["Face"][];
                    };
                };
            };
            /** @description A problem (RFC 9457). */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem (RFC 9457). */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deletePhoto: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Lower-case letters, digits, - and _; at most 63. */
                gallery: string;
                /** @description SHA-256 of the photo file's content. */
                photo: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description How much was deleted. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Removal"];
                };
            };
            /** @description A problem (RFC 9457). */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem (RFC 9457). */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    changePhoto: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Lower-case letters, digits, - and _; at most 63. */
                gallery: string;
                /** @description SHA-256 of the photo file's content. */
                photo: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    person?: string | null;
                    tags?: string[];
                };
            };
        };
        responses: {
            /** @description `person`: whom the photo was enrolled for; its faces carry that name. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Photo"];
                };
            };
            /** @description A problem (RFC 9457). */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem (RFC 9457). */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getPhotoPicture: {
        parameters: {
            query?: {
                /** @description Longest, in pixels. */
                side?: number;
            };
            header?: never;
            path: {
                /** @description Lower-case letters, digits, - and _; at most 63. */
                gallery: string;
                /** @description SHA-256 of the photo file's content. */
                photo: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A picture. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/jpeg": string;
                    "image/png": string;
                    "image/webp": string;
                };
            };
            /** @description Not changed. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem (RFC 9457). */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem (RFC 9457). */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listFaces: {
        parameters: {
            query?: {
                /** @description `next` of the page before; don't take it apart. */
                cursor?: string;
                limit?: number;
                /** @description Never used again for somebody else. */
                person?: string;
                /** @description SHA-256 of the photo file's content. */
                photo?: string;
                cluster?: number;
                /** @description Only faces that carry no name. */
                unnamed?: boolean;
            };
            header?: never;
            path: {
                /** @description Lower-case letters, digits, - and _; at most 63. */
                gallery: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Face"][];
                        next: string | null;
                    };
                };
            };
            /** @description A problem (RFC 9457). */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem (RFC 9457). */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getFace: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Lower-case letters, digits, - and _; at most 63. */
                gallery: string;
                face: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A face of the gallery. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Face"];
                };
            };
            /** @description A problem (RFC 9457). */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem (RFC 9457). */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteFace: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Lower-case letters, digits, - and _; at most 63. */
                gallery: string;
                face: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description How much was deleted. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Removal"];
                };
            };
            /** @description A problem (RFC 9457). */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem (RFC 9457). */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    nameFaces: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Lower-case letters, digits, - and _; at most 63. */
                gallery: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    faces: number[];
                    person: string | null;
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        faces: components["schemas"]["Face"][];
                    };
                };
            };
            /** @description A problem (RFC 9457). */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem (RFC 9457). */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getFacePicture: {
        parameters: {
            query?: {
                /** @description The head as it is in the photo, or turned and scaled by its landmarks. */
                kind?: "crop" | "aligned";
                side?: number;
            };
            header?: never;
            path: {
                /** @description Lower-case letters, digits, - and _; at most 63. */
                gallery: string;
                face: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A picture. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/jpeg": string;
                    "image/png": string;
                    "image/webp": string;
                };
            };
            /** @description Not changed. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem (RFC 9457). */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem (RFC 9457). */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    search: {
        parameters: {
            query?: {
                /** @description How many faces (or people). */
                k?: number;
                /** @description Distance up to which it is the same person; default from the calibration. */
                threshold?: number;
                /** @description `person`: the nearest people, so that `k` counts people. */
                group?: "face" | "person";
                /** @description With `group: person`: the mean of so many of a person's nearest faces counts; default 1. */
                topFaces?: number;
                /** @description Only among the faces of these people. */
                people?: string[];
                /** @description Only among photos with all of these tags. */
                tags?: string[];
                /** @description Only among photos with `takenAt` at this time or later. */
                since?: string;
                /** @description Only among photos with `takenAt` before this time. */
                until?: string;
                /** @description Which face of the picture is meant, as `detect` numbers them; none: the largest, most central. */
                faceIndex?: number;
                /** @description Also look at the picture turned, where it shows no upright face. */
                anyOrientation?: boolean;
            };
            header?: never;
            path: {
                /** @description Lower-case letters, digits, - and _; at most 63. */
                gallery: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * Format: byte
                     * @description The bytes of a picture file in Base64.
                     */
                    photo?: string;
                    /** @description A face of the gallery. */
                    storedFace?: number;
                    /** @description Unit length, of the gallery's model. */
                    embedding?: number[];
                    /**
                     * @description How many faces (or people).
                     * @default 5
                     */
                    k?: number;
                    /** @description Distance up to which it is the same person; default from the calibration. */
                    threshold?: number;
                    /**
                     * @description `person`: the nearest people, so that `k` counts people.
                     * @default face
                     * @enum {string}
                     */
                    group?: "face" | "person";
                    /** @description With `group: person`: the mean of so many of a person's nearest faces counts; default 1. */
                    topFaces?: number;
                    /** @description Only among the faces of these people. */
                    people?: string[];
                    /** @description Only among photos with all of these tags. */
                    tags?: string[];
                    /**
                     * Format: date-time
                     * @description Only among photos with `takenAt` at this time or later.
                     */
                    since?: string;
                    /**
                     * Format: date-time
                     * @description Only among photos with `takenAt` before this time.
                     */
                    until?: string;
                    /** @description Which face of the picture is meant, as `detect` numbers them; none: the largest, most central. */
                    faceIndex?: number;
                    /** @description Also look at the picture turned, where it shows no upright face. */
                    anyOrientation?: boolean;
                };
                "multipart/form-data": {
                    /** Format: binary */
                    photo: string;
                    /**
                     * @description How many faces (or people).
                     * @default 5
                     */
                    k?: number;
                    /** @description Distance up to which it is the same person; default from the calibration. */
                    threshold?: number;
                    /**
                     * @description `person`: the nearest people, so that `k` counts people.
                     * @default face
                     * @enum {string}
                     */
                    group?: "face" | "person";
                    /** @description With `group: person`: the mean of so many of a person's nearest faces counts; default 1. */
                    topFaces?: number;
                    /** @description Only among the faces of these people. */
                    people?: string[];
                    /** @description Only among photos with all of these tags. */
                    tags?: string[];
                    /**
                     * Format: date-time
                     * @description Only among photos with `takenAt` at this time or later.
                     */
                    since?: string;
                    /**
                     * Format: date-time
                     * @description Only among photos with `takenAt` before this time.
                     */
                    until?: string;
                    /** @description Which face of the picture is meant, as `detect` numbers them; none: the largest, most central. */
                    faceIndex?: number;
                    /** @description Also look at the picture turned, where it shows no upright face. */
                    anyOrientation?: boolean;
                };
                "image/jpeg": string;
                "image/png": string;
                "image/webp": string;
                "image/gif": string;
                "image/tiff": string;
                "image/avif": string;
                "image/heic": string;
                "application/octet-stream": string;
            };
        };
        responses: {
            /** @description `probe` is null where no picture was sent. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SearchResult"];
                };
            };
            /** @description A problem (RFC 9457). */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem (RFC 9457). */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    identify: {
        parameters: {
            query?: {
                /** @description Distance up to which it is the same person; default from the calibration. */
                threshold?: number;
                /** @description How often a stranger may be taken for somebody; default 0.01. */
                falsePositiveRate?: number;
                /** @description By how much the runner-up must be farther; default 0.05. */
                margin?: number;
                /** @description What stands for a person; default mean. */
                templates?: "faces" | "mean" | "medoids";
                /** @description Which face of the picture is meant, as `detect` numbers them; none: the largest, most central. */
                faceIndex?: number;
                /** @description Also look at the picture turned, where it shows no upright face. */
                anyOrientation?: boolean;
            };
            header?: never;
            path: {
                /** @description Lower-case letters, digits, - and _; at most 63. */
                gallery: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * Format: byte
                     * @description The bytes of a picture file in Base64.
                     */
                    photo?: string;
                    /** @description A face of the gallery. */
                    storedFace?: number;
                    /** @description Unit length, of the gallery's model. */
                    embedding?: number[];
                    /** @description Distance up to which it is the same person; default from the calibration. */
                    threshold?: number;
                    /** @description How often a stranger may be taken for somebody; default 0.01. */
                    falsePositiveRate?: number;
                    /** @description By how much the runner-up must be farther; default 0.05. */
                    margin?: number;
                    /**
                     * @description What stands for a person; default mean.
                     * @enum {string}
                     */
                    templates?: "faces" | "mean" | "medoids";
                    /** @description Which face of the picture is meant, as `detect` numbers them; none: the largest, most central. */
                    faceIndex?: number;
                    /** @description Also look at the picture turned, where it shows no upright face. */
                    anyOrientation?: boolean;
                };
                "multipart/form-data": {
                    /** Format: binary */
                    photo: string;
                    /** @description Distance up to which it is the same person; default from the calibration. */
                    threshold?: number;
                    /** @description How often a stranger may be taken for somebody; default 0.01. */
                    falsePositiveRate?: number;
                    /** @description By how much the runner-up must be farther; default 0.05. */
                    margin?: number;
                    /**
                     * @description What stands for a person; default mean.
                     * @enum {string}
                     */
                    templates?: "faces" | "mean" | "medoids";
                    /** @description Which face of the picture is meant, as `detect` numbers them; none: the largest, most central. */
                    faceIndex?: number;
                    /** @description Also look at the picture turned, where it shows no upright face. */
                    anyOrientation?: boolean;
                };
                "image/jpeg": string;
                "image/png": string;
                "image/webp": string;
                "image/gif": string;
                "image/tiff": string;
                "image/avif": string;
                "image/heic": string;
                "application/octet-stream": string;
            };
        };
        responses: {
            /** @description `ambiguous`: two people are about as near. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Identification"];
                };
            };
            /** @description A problem (RFC 9457). */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem (RFC 9457). */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    classify: {
        parameters: {
            query?: {
                /** @description Which face of the picture is meant, as `detect` numbers them; none: the largest, most central. */
                faceIndex?: number;
                /** @description Also look at the picture turned, where it shows no upright face. */
                anyOrientation?: boolean;
            };
            header?: never;
            path: {
                /** @description Lower-case letters, digits, - and _; at most 63. */
                gallery: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * Format: byte
                     * @description The bytes of a picture file in Base64.
                     */
                    photo?: string;
                    /** @description A face of the gallery. */
                    storedFace?: number;
                    /** @description Unit length, of the gallery's model. */
                    embedding?: number[];
                    /** @description Which face of the picture is meant, as `detect` numbers them; none: the largest, most central. */
                    faceIndex?: number;
                    /** @description Also look at the picture turned, where it shows no upright face. */
                    anyOrientation?: boolean;
                };
                "multipart/form-data": {
                    /** Format: binary */
                    photo: string;
                    /** @description Which face of the picture is meant, as `detect` numbers them; none: the largest, most central. */
                    faceIndex?: number;
                    /** @description Also look at the picture turned, where it shows no upright face. */
                    anyOrientation?: boolean;
                };
                "image/jpeg": string;
                "image/png": string;
                "image/webp": string;
                "image/gif": string;
                "image/tiff": string;
                "image/avif": string;
                "image/heic": string;
                "application/octet-stream": string;
            };
        };
        responses: {
            /** @description `person` is null where it is unknown. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Classification"];
                };
            };
            /** @description A problem (RFC 9457). */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem (RFC 9457). */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    compare: {
        parameters: {
            query?: {
                /** @description As many as are drawn. */
                k?: number;
                /** @description Distance up to which it is the same person; default from the calibration. */
                threshold?: number;
                /** @description `person`: the nearest people, so that `k` counts people. */
                group?: "face" | "person";
                /** @description With `group: person`: the mean of so many of a person's nearest faces counts; default 1. */
                topFaces?: number;
                /** @description Only among the faces of these people. */
                people?: string[];
                /** @description Only among photos with all of these tags. */
                tags?: string[];
                /** @description Only among photos with `takenAt` at this time or later. */
                since?: string;
                /** @description Only among photos with `takenAt` before this time. */
                until?: string;
                /** @description Which face of the picture is meant, as `detect` numbers them; none: the largest, most central. */
                faceIndex?: number;
                /** @description Also look at the picture turned, where it shows no upright face. */
                anyOrientation?: boolean;
                format?: "jpeg" | "png" | "webp";
            };
            header?: never;
            path: {
                /** @description Lower-case letters, digits, - and _; at most 63. */
                gallery: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * Format: byte
                     * @description The bytes of a picture file in Base64.
                     */
                    photo?: string;
                    /** @description A face of the gallery. */
                    storedFace?: number;
                    /**
                     * @description As many as are drawn.
                     * @default 5
                     */
                    k?: number;
                    /** @description Distance up to which it is the same person; default from the calibration. */
                    threshold?: number;
                    /**
                     * @description `person`: the nearest people, so that `k` counts people.
                     * @default face
                     * @enum {string}
                     */
                    group?: "face" | "person";
                    /** @description With `group: person`: the mean of so many of a person's nearest faces counts; default 1. */
                    topFaces?: number;
                    /** @description Only among the faces of these people. */
                    people?: string[];
                    /** @description Only among photos with all of these tags. */
                    tags?: string[];
                    /**
                     * Format: date-time
                     * @description Only among photos with `takenAt` at this time or later.
                     */
                    since?: string;
                    /**
                     * Format: date-time
                     * @description Only among photos with `takenAt` before this time.
                     */
                    until?: string;
                    /** @description Which face of the picture is meant, as `detect` numbers them; none: the largest, most central. */
                    faceIndex?: number;
                    /** @description Also look at the picture turned, where it shows no upright face. */
                    anyOrientation?: boolean;
                    /**
                     * @default jpeg
                     * @enum {string}
                     */
                    format?: "jpeg" | "png" | "webp";
                };
                "multipart/form-data": {
                    /** Format: binary */
                    photo: string;
                    /**
                     * @description As many as are drawn.
                     * @default 5
                     */
                    k?: number;
                    /** @description Distance up to which it is the same person; default from the calibration. */
                    threshold?: number;
                    /**
                     * @description `person`: the nearest people, so that `k` counts people.
                     * @default face
                     * @enum {string}
                     */
                    group?: "face" | "person";
                    /** @description With `group: person`: the mean of so many of a person's nearest faces counts; default 1. */
                    topFaces?: number;
                    /** @description Only among the faces of these people. */
                    people?: string[];
                    /** @description Only among photos with all of these tags. */
                    tags?: string[];
                    /**
                     * Format: date-time
                     * @description Only among photos with `takenAt` at this time or later.
                     */
                    since?: string;
                    /**
                     * Format: date-time
                     * @description Only among photos with `takenAt` before this time.
                     */
                    until?: string;
                    /** @description Which face of the picture is meant, as `detect` numbers them; none: the largest, most central. */
                    faceIndex?: number;
                    /** @description Also look at the picture turned, where it shows no upright face. */
                    anyOrientation?: boolean;
                    /**
                     * @default jpeg
                     * @enum {string}
                     */
                    format?: "jpeg" | "png" | "webp";
                };
                "image/jpeg": string;
                "image/png": string;
                "image/webp": string;
                "image/gif": string;
                "image/tiff": string;
                "image/avif": string;
                "image/heic": string;
                "application/octet-stream": string;
            };
        };
        responses: {
            /** @description A picture. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/jpeg": string;
                    "image/png": string;
                    "image/webp": string;
                };
            };
            /** @description A problem (RFC 9457). */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem (RFC 9457). */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    detect: {
        parameters: {
            query?: {
                /** @description Whose model is used; none: that of the server. */
                gallery?: string;
                anyOrientation?: boolean;
                /** @description Also the embeddings, to search by; default false. */
                embeddings?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * Format: byte
                     * @description The bytes of a picture file in Base64.
                     */
                    photo: string;
                    /** @description Whose model is used; none: that of the server. */
                    gallery?: string;
                    anyOrientation?: boolean;
                    /** @description Also the embeddings, to search by; default false. */
                    embeddings?: boolean;
                };
                "multipart/form-data": {
                    /** Format: binary */
                    photo: string;
                    /** @description Whose model is used; none: that of the server. */
                    gallery?: string;
                    anyOrientation?: boolean;
                    /** @description Also the embeddings, to search by; default false. */
                    embeddings?: boolean;
                };
                "image/jpeg": string;
                "image/png": string;
                "image/webp": string;
                "image/gif": string;
                "image/tiff": string;
                "image/avif": string;
                "image/heic": string;
                "application/octet-stream": string;
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detected"];
                };
            };
            /** @description A problem (RFC 9457). */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem (RFC 9457). */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    verify: {
        parameters: {
            query?: {
                /** @description Whose model and calibration are used, and whose stored faces. */
                gallery?: string;
                /** @description Default: false match rate 1e-3. */
                threshold?: number;
                anyOrientation?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description One of the three. */
                    a: {
                        /**
                         * Format: byte
                         * @description The bytes of a picture file in Base64.
                         */
                        photo?: string;
                        /** @description With `gallery`. */
                        storedFace?: number;
                        embedding?: number[];
                    };
                    /** @description One of the three. */
                    b: {
                        /**
                         * Format: byte
                         * @description The bytes of a picture file in Base64.
                         */
                        photo?: string;
                        /** @description With `gallery`. */
                        storedFace?: number;
                        embedding?: number[];
                    };
                    /** @description Whose model and calibration are used, and whose stored faces. */
                    gallery?: string;
                    /** @description Default: false match rate 1e-3. */
                    threshold?: number;
                    anyOrientation?: boolean;
                };
                "multipart/form-data": {
                    /** Format: binary */
                    a: string;
                    /** Format: binary */
                    b: string;
                    /** @description Whose model and calibration are used, and whose stored faces. */
                    gallery?: string;
                    /** @description Default: false match rate 1e-3. */
                    threshold?: number;
                    anyOrientation?: boolean;
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Verification"];
                };
            };
            /** @description A problem (RFC 9457). */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem (RFC 9457). */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listClusters: {
        parameters: {
            query?: {
                /** @description `next` of the page before; don't take it apart. */
                cursor?: string;
                limit?: number;
                /** @description Only clusters without a name. */
                unnamed?: boolean;
            };
            header?: never;
            path: {
                /** @description Lower-case letters, digits, - and _; at most 63. */
                gallery: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Cluster"][];
                        next: string | null;
                    };
                };
            };
            /** @description A problem (RFC 9457). */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem (RFC 9457). */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    nameCluster: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Lower-case letters, digits, - and _; at most 63. */
                gallery: string;
                cluster: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    person: string | null;
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description The cluster that has the faces now. */
                        cluster: number;
                    };
                };
            };
            /** @description A problem (RFC 9457). */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem (RFC 9457). */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    mergeClusters: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Lower-case letters, digits, - and _; at most 63. */
                gallery: string;
                cluster: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    clusters: number[];
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description The cluster that has the faces now. */
                        cluster: number;
                    };
                };
            };
            /** @description A problem (RFC 9457). */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem (RFC 9457). */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    moveFaces: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Lower-case letters, digits, - and _; at most 63. */
                gallery: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    faces: number[];
                    cluster: number | null;
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description The cluster that has the faces now. */
                        cluster: number;
                    };
                };
            };
            /** @description A problem (RFC 9457). */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem (RFC 9457). */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    rejectFaces: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Lower-case letters, digits, - and _; at most 63. */
                gallery: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    faces: number[];
                };
            };
        };
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem (RFC 9457). */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem (RFC 9457). */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    startJob: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Lower-case letters, digits, - and _; at most 63. */
                gallery: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewJob"];
            };
        };
        responses: {
            /** @description Long work in the background. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            /** @description A problem (RFC 9457). */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem (RFC 9457). */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listJobs: {
        parameters: {
            query?: {
                /** @description `next` of the page before; don't take it apart. */
                cursor?: string;
                limit?: number;
                /** @description Lower-case letters, digits, - and _; at most 63. */
                gallery?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Job"][];
                        next: string | null;
                    };
                };
            };
            /** @description A problem (RFC 9457). */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem (RFC 9457). */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getJob: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                job: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Long work in the background. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            /** @description A problem (RFC 9457). */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem (RFC 9457). */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    watchJob: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                job: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Server-sent events. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
            /** @description A problem (RFC 9457). */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem (RFC 9457). */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    cancelJob: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                job: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Long work in the background. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            /** @description A problem (RFC 9457). */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem (RFC 9457). */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
}
