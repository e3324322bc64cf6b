import { z } from "zod";
import { about, finite, flag, integer, nonNegative, oneOf, positive, share } from "./value-types.js";

const NOISE_WORDS = "[least, most] in dB, such as [5, 35]";

const audioChange = z
  .strictObject(
    {
      noise: about(
        z.tuple([finite, finite], NOISE_WORDS).meta({ title: NOISE_WORDS }).optional(),
        "White noise is added, so many dB below the signal: another ratio each time, between these.",
        { example: [5, 35], absent: "none" },
      ),
      gain: about(nonNegative.default(0), "Louder or softer by up to so many dB."),
      speed: about(share.default(0), "Faster or slower, and higher or deeper, by up to this share."),
    },
    "how audio is altered: noise, gain, speed",
  )
  .meta({
    description: "How audio is altered in every epoch, before features are made of it.",
    "x-absent": "it is not",
  });

/** How `eddy train` makes the file of a pipeline with a supervised target. */
export const trainFormat = z
  .strictObject(
    {
      cell: about(oneOf(["rnn", "gru", "lstm"]).default("gru"), "The recurrent cell."),
      hidden: about(integer(1, 1024).default(64), "Hidden units per layer and direction."),
      layers: about(integer(1, 8).default(1), "Layers, one upon the other."),
      bidirectional: about(
        flag.default(false),
        "Every layer also reads the sequence from its end: the target is told when that has come, of every step if `at: step`.",
      ),
      seed: about(integer(0).default(1), "Of the random numbers a training starts from."),
      epochs: about(integer(1, 100_000).default(60), "Times that it goes through all sequences."),
      batch: about(integer(1, 1024).default(32), "Sequences an update learns from."),
      steps: about(
        integer(1, 4096).default(50),
        "Of targets of steps: so many time steps an update learns from, and gradients reach back. What is `bidirectional` learns from whole sequences.",
      ),
      rate: about(
        positive.default(0.004),
        "The learning rate at its highest: it rises over the first tenth, then falls along a cosine.",
      ),
      decay: about(nonNegative.default(0.01), "Weight decay, of AdamW."),
      dropout: about(
        share.default(0.2),
        "Share of the hidden units that a sequence is learned without: others each time.",
      ),
      noise: about(
        nonNegative.default(0),
        "Standard deviation of what is added to every standardised input while it learns.",
      ),
      offset: about(
        nonNegative.default(0),
        "The same of what is added to an input throughout a sequence: another microphone, say.",
      ),
      stretch: about(share.default(0), "Sequences are made longer or shorter by up to this share."),
      audio: audioChange.optional(),
    },
    "how to train: cell, hidden, layers, bidirectional, seed, epochs, batch, steps, rate, decay, dropout, noise, offset, stretch, audio",
  )
  .meta({
    description: "How `eddy train` makes the model's file of a pipeline with a supervised target.",
    "x-absent": "as its fields' defaults say",
  });
