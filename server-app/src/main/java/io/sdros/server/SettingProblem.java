package io.sdros.server;

/**
 * One wrong value.
 *
 * @param value as it may be shown: secrets masked
 * @param detail what is wrong in particular; may be empty
 */
record SettingProblem(String variable, String value, String accepted, String detail) {

    static SettingProblem of(Setting<?> setting, String value, String detail) {
        return new SettingProblem(setting.variable(), setting.shown(value), setting.type().accepted(), detail);
    }

    /** The line the operator reads. */
    String line() {
        String more = detail.isEmpty() ? "" : " (" + detail + ")";
        return variable + "=\"" + value + "\": expected " + accepted + more;
    }
}
