package io.sdros.server.settings;

/** What to do about a keyframe that lacks parameter sets that are known. */
public enum ParameterSetsSetting {
    INSERT,
    PASS
}
